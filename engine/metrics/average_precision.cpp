// Average precision.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_average_precision)
const Metric metric_estimated_average_precision = {
    .name = "average_precision",
    .summary =
        "Average precision: the sum of precision times the rise of recall over the distinct scores, expected from the "
        "calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.average_precision_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kAveragePrecision, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_average_precision)
const Metric metric_realized_average_precision = {
    .name = "average_precision",
    .summary = "Average precision: the sum of precision times the rise of recall over the distinct scores.",
    .source = "sklearn.metrics.average_precision_score",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kAveragePrecision, Family::realized_performance>,
};

}  // namespace longwatch
