// Accuracy.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_accuracy)
const Metric metric_estimated_accuracy = {
    .name = "accuracy",
    .summary = "Share of rows whose prediction is right, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.accuracy_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kAccuracy, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_accuracy)
const Metric metric_realized_accuracy = {
    .name = "accuracy",
    .summary = "Share of rows whose prediction is right.",
    .source = "sklearn.metrics.accuracy_score",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kAccuracy, Family::realized_performance>,
};

}  // namespace longwatch
