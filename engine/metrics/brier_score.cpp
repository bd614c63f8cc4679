// The Brier score.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_brier_score)
const Metric metric_estimated_brier_score = {
    .name = "brier_score",
    .summary =
        "Mean squared difference between score and label (1 for positive), expected from the calibrated scores; no "
        "labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.brier_score_loss",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 2,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kBrierScore, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_brier_score)
const Metric metric_realized_brier_score = {
    .name = "brier_score",
    .summary = "Mean squared difference between score and label (1 for positive).",
    .source = "sklearn.metrics.brier_score_loss; Brier 1950",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 2,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kBrierScore, Family::realized_performance>,
};

}  // namespace longwatch
