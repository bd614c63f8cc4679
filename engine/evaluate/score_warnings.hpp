#pragma once
// What is wrong with a classifier's scores, predictions and labels, in sentences for the run's record.

#include <string>
#include <vector>

#include "engine/profile/profile.hpp"

namespace longwatch {

/// One sentence a kind of fault and period: scores outside [0, 1], of several classes also such that do not add up
/// to 1 or lack one, predictions and labels that stand for no class (the first of them named). `analysis`: its states,
/// seen through `profile`.
std::vector<std::string> score_warnings(const ModelConfig& model, const ReferenceProfile& profile,
                                        const StateTable& analysis);

}  // namespace longwatch
