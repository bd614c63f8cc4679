#pragma once
// Private to the performance metrics of binary classifiers: from a functional to the value of a cell, or why there is
// none.

#include "engine/metrics/functional.hpp"
#include "engine/metrics/guards.hpp"

namespace longwatch::metrics {

/// Why a cell of a binary classifier has no view of its scores.
inline MetricValue without_scores(const MetricInput& input) {
  const bool known = input.profile != nullptr && !input.profile->performance.unusable.empty();
  return known ? without_value(input.profile->performance.unusable) : MetricValue::undefined("the model has no scores");
}

/// compute(view, table) of a cell whose `table` (realized or estimated) has rows, with labels_rate filled in. Without:
/// why performance cannot be known, or `insufficient_data`.
template <class Compute>
MetricValue with_outcomes(const MetricInput& input, Family family, Compute compute) {
  if (input.classifier == nullptr) return without_scores(input);
  const ClassifierView& view = *input.classifier;
  const bool realized = family == Family::realized_performance;
  const std::string& why =
      realized || !view.performance->unusable.empty() ? view.performance->unusable : view.performance->not_estimated;
  const OutcomeTable& table = realized ? view.realized : view.estimated;
  MetricValue out;
  if (!why.empty()) {
    out = without_value(why);
  } else if (!(table.rows > 0)) {
    out = without_value("insufficient_data");
  } else {
    out = checked(compute(view, table));
  }
  out.labels_rate = view.labels_rate;
  return out;
}

/// The functional's value of a cell, estimated or realized.
MetricValue performance_value(const MetricInput& input, Family family, const Functional& functional);

/// As a Metric wants it: performance_value of one functional and family.
template <const Functional& functional, Family family>
MetricValue performance(const MetricInput& input) {
  return performance_value(input, family, functional);
}

}  // namespace longwatch::metrics
