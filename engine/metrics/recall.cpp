// Recall.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_recall)
const Metric metric_estimated_recall = {
    .name = "recall",
    .summary =
        "Share of positive rows that are predicted positive, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.recall_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kRecall, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_recall)
const Metric metric_realized_recall = {
    .name = "recall",
    .summary = "Share of positive rows that are predicted positive.",
    .source = "sklearn.metrics.recall_score",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kRecall, Family::realized_performance>,
};

}  // namespace longwatch
