// Balanced accuracy.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_balanced_accuracy)
const Metric metric_estimated_balanced_accuracy = {
    .name = "balanced_accuracy",
    .summary = "Mean of recall and specificity, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.balanced_accuracy_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kBalancedAccuracy, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_balanced_accuracy)
const Metric metric_realized_balanced_accuracy = {
    .name = "balanced_accuracy",
    .summary = "Mean of recall and specificity.",
    .source = "sklearn.metrics.balanced_accuracy_score",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kBalancedAccuracy, Family::realized_performance>,
};

}  // namespace longwatch
