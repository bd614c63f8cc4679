#pragma once
// What the reference tells of a model's performance: its classes first, then, from the states of its rows, how its
// scores become probabilities.

#include <vector>

#include "engine/config/config.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

/// The classes of a model from its target's categories in the reference. Says in `unusable` or `not_estimated` what
/// cannot be known: no task, no target, no labels, labels that are not two classes.
PerformanceProfile learn_classes(const ModelConfig& model, const std::vector<ColumnProfile>& columns);

/// By class of a multiclass model: the column of its score, or -1 where it has none.
std::vector<std::int32_t> class_score_columns(const ModelConfig& model, const PerformanceProfile& performance,
                                              const std::vector<ColumnProfile>& columns);

/// Fills `performance` of a profile whose states are there. O(n log n) in the distinct scores of the reference.
void fit_performance(const ModelConfig& model, ReferenceProfile& profile);

}  // namespace longwatch
