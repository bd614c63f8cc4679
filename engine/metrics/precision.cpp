// Precision.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_precision)
const Metric metric_estimated_precision = {
    .name = "precision",
    .summary =
        "Share of rows predicted positive that are positive, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.precision_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kPrecision, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_precision)
const Metric metric_realized_precision = {
    .name = "precision",
    .summary = "Share of rows predicted positive that are positive.",
    .source = "sklearn.metrics.precision_score",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kPrecision, Family::realized_performance>,
};

}  // namespace longwatch
