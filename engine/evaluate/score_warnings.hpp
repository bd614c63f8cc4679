#pragma once
// What is wrong with a classifier's scores, predictions and labels, in sentences for the run's record.

#include <string>
#include <vector>

#include "engine/profile/profile.hpp"

namespace longwatch {

/// One sentence a kind of fault and period: scores outside [0, 1], predictions and labels that stand for neither class
/// (the first of them named). `analysis`: its states, seen through `profile`.
std::vector<std::string> score_warnings(const ModelConfig& model, const ReferenceProfile& profile,
                                        const StateTable& analysis);

}  // namespace longwatch
