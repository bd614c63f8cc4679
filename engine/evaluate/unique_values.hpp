#pragma once
// From exact counts of repeated values to judged values.

#include <vector>

#include "engine/evaluate/evaluate.hpp"

namespace longwatch {

/// Whether `model` asks for the uniqueness of its id: `metrics` names a metric of it. Without `metrics` the id is not
/// read, as that costs a good part of a run.
bool wants_unique_id(const ModelConfig& model);

/// The columns whose repeated values `model` asks to count, each once: the id if wanted, then the constraints'.
std::vector<std::string> unique_columns(const ModelConfig& model);

/// Chunk by chunk (thresholds as everywhere, from the reference's chunks), then each period as a whole (chunk -1, no
/// thresholds): the chosen metrics of repeated values, the missing values of the id, and the constraint `unique`.
/// `column` of the results counts on from the profile's columns, in the order of profile.unique. `analysis` may be
/// empty: only the reference was looked at.
std::vector<Judged> judge_unique(const ModelConfig& model, const ReferenceProfile& profile,
                                 const std::vector<UniqueColumn>& analysis, const std::vector<const Metric*>& metrics);

}  // namespace longwatch
