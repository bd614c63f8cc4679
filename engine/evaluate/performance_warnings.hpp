#pragma once
// What a user should know before trusting the performance figures of a period, in plain words.

#include <string>
#include <vector>

#include "engine/evaluate/evaluate.hpp"

namespace longwatch {

/// At most one sentence each, of all rows of the analysis period's chunks:
/// - the labels that are known do not fit the calibrated scores, by at least 0.01 and beyond chance
///   (calibration_in_the_large, p below 1 % over the chunks together by Bonferroni);
/// - realized metrics lie outside the estimates' prediction intervals in more chunks than 5 % and chance explain (1 %),
///   of chunks with at least 95 % of the labels;
/// - rows with labels differ from rows without, by at least 0.05 and beyond chance (labels_selection, as the first).
/// Empty where there is nothing to say. O(judged).
std::vector<std::string> performance_warnings(const std::vector<Judged>& judged, const std::vector<Chunk>& chunks);

}  // namespace longwatch
