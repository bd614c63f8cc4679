// Average precision.
#include "engine/metrics/class_average.hpp"
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
    .applies_to = AppliesTo::classifier,
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
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kAveragePrecision, Family::realized_performance>,
};

LONGWATCH_METRIC(estimated_average_precision_weighted)
const Metric metric_estimated_average_precision_weighted =
    metrics::averaged_metric<metrics::kAveragePrecision, Family::estimated_performance, metrics::Average::weighted>(
        "average_precision_weighted",
        "Mean over the classes of each one's average precision against the rest, weighted with the rows of its label, "
        "expected from the calibrated scores; no labels needed.",
        "CBPE: NannyML; sklearn.metrics.average_precision_score, average='weighted'");

LONGWATCH_METRIC(realized_average_precision_weighted)
const Metric metric_realized_average_precision_weighted =
    metrics::averaged_metric<metrics::kAveragePrecision, Family::realized_performance, metrics::Average::weighted>(
        "average_precision_weighted",
        "Mean over the classes of each one's average precision against the rest, weighted with the rows of its label.",
        "sklearn.metrics.average_precision_score, average='weighted'");

LONGWATCH_METRIC(estimated_average_precision_micro)
const Metric metric_estimated_average_precision_micro =
    metrics::averaged_metric<metrics::kAveragePrecision, Family::estimated_performance, metrics::Average::micro>(
        "average_precision_micro",
        "The average precision of all classes' rows against the rest, counted together, expected from the calibrated "
        "scores; no labels needed.",
        "CBPE: NannyML; sklearn.metrics.average_precision_score, average='micro'");

LONGWATCH_METRIC(realized_average_precision_micro)
const Metric metric_realized_average_precision_micro =
    metrics::averaged_metric<metrics::kAveragePrecision, Family::realized_performance, metrics::Average::micro>(
        "average_precision_micro", "The average precision of all classes' rows against the rest, counted together.",
        "sklearn.metrics.average_precision_score, average='micro'");

}  // namespace longwatch
