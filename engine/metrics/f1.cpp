// F1.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_f1)
const Metric metric_estimated_f1 = {
    .name = "f1",
    .summary = "Harmonic mean of precision and recall, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.f1_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kF1, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_f1)
const Metric metric_realized_f1 = {
    .name = "f1",
    .summary = "Harmonic mean of precision and recall.",
    .source = "sklearn.metrics.f1_score",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kF1, Family::realized_performance>,
};

}  // namespace longwatch
