#pragma once
// Private to the bootstrap: an outcome table with fewer scores.

#include <cstdint>
#include <vector>

#include "engine/metrics/classifier_view.hpp"

namespace longwatch::metrics {

/// Neighbouring scores made one. Masses of predictions stay apart; sums are exact.
struct CoarseTable {
  OutcomeTable table;
  std::vector<std::uint32_t> cell_of;  ///< by score of the table it was made from
};
/// At most `cells` scores of about equal rows. O(scores).
CoarseTable coarse_table(const OutcomeTable& table, std::size_t cells);

/// Sums the masses into the confusion matrix; what has no score is kept as given. O(scores).
void sum_confusion(OutcomeTable& table);

}  // namespace longwatch::metrics
