#pragma once
// Thresholds: which rule applies, its limits from the reference's chunks, and what is outside.

#include <optional>
#include <span>
#include <string>

#include "engine/alert/null_threshold.hpp"
#include "engine/config/config.hpp"
#include "engine/metrics/metric.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

/// The rule for `metric` of `column` (empty for model metrics): the last matching entry of the configuration (an exact
/// or glob match of metric, and of column where the entry names one), else the metric's default; none where it never
/// alerts.
/// `variant`: of the metric `custom`, whose values an entry names by their own names.
std::optional<ThresholdRule> rule_for(const ModelConfig& model, const Metric& metric, const std::string& column,
                                      std::size_t variant = 0);

/// Which sides of `metric` a threshold `null` watches: the upper one where its default does, and for distances.
Sides sides_of(const Metric& metric);

/// Limits of a rule from the metric's values on the reference's chunks (NaN values are left out).
/// constant: as given. standard_deviation: mean - lower * sd and mean + upper * sd with the population sd (NannyML's
/// rule). quantile: linear-interpolated quantiles of the values. A limit beyond the metric's range becomes the end of
/// the range, as in NannyML; since a value on a limit is inside, such a limit never alerts. Status "insufficient_data",
/// without limits, where there are too few values to learn from: none for a quantile, fewer than two for a standard
/// deviation. O(n log n) for quantiles, else O(n). Not for `null`: see NullThreshold.
FittedThreshold fit_threshold(const ThresholdRule& rule, const Metric& metric,
                              std::span<const double> reference_values);

/// True where `value` is strictly beyond a limit. A value on the limit is inside.
bool outside(double value, const FittedThreshold& threshold);

}  // namespace longwatch
