// Specificity.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_specificity)
const Metric metric_estimated_specificity = {
    .name = "specificity",
    .summary =
        "Share of negative rows that are predicted negative, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.recall_score, pos_label=0",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kSpecificity, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_specificity)
const Metric metric_realized_specificity = {
    .name = "specificity",
    .summary = "Share of negative rows that are predicted negative.",
    .source = "sklearn.metrics.recall_score, pos_label=0",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kSpecificity, Family::realized_performance>,
};

}  // namespace longwatch
