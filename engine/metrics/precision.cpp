// Precision.
#include "engine/metrics/class_average.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_precision)
const Metric metric_estimated_precision = {
    .name = "precision",
    .summary =
        "Share of rows predicted positive that are positive, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.precision_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
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
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kPrecision, Family::realized_performance>,
};

LONGWATCH_METRIC(estimated_precision_weighted)
const Metric metric_estimated_precision_weighted =
    metrics::averaged_metric<metrics::kPrecision, Family::estimated_performance, metrics::Average::weighted>(
        "precision_weighted",
        "Mean over the classes of each one's precision against the rest, weighted with the rows of its label, expected "
        "from the calibrated scores; no labels needed.",
        "CBPE: NannyML; sklearn.metrics.precision_score, average='weighted'");

LONGWATCH_METRIC(realized_precision_weighted)
const Metric metric_realized_precision_weighted =
    metrics::averaged_metric<metrics::kPrecision, Family::realized_performance, metrics::Average::weighted>(
        "precision_weighted",
        "Mean over the classes of each one's precision against the rest, weighted with the rows of its label.",
        "sklearn.metrics.precision_score, average='weighted'");

LONGWATCH_METRIC(estimated_precision_micro)
const Metric metric_estimated_precision_micro =
    metrics::averaged_metric<metrics::kPrecision, Family::estimated_performance, metrics::Average::micro>(
        "precision_micro",
        "The precision of all classes' rows against the rest, counted together, expected from the calibrated scores; "
        "no labels needed.",
        "CBPE: NannyML; sklearn.metrics.precision_score, average='micro'");

LONGWATCH_METRIC(realized_precision_micro)
const Metric metric_realized_precision_micro =
    metrics::averaged_metric<metrics::kPrecision, Family::realized_performance, metrics::Average::micro>(
        "precision_micro", "The precision of all classes' rows against the rest, counted together.",
        "sklearn.metrics.precision_score, average='micro'");

}  // namespace longwatch
