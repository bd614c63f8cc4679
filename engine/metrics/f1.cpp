// F1.
#include "engine/metrics/class_average.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_f1)
const Metric metric_estimated_f1 = {
    .name = "f1",
    .summary = "Harmonic mean of precision and recall, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.f1_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
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
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kF1, Family::realized_performance>,
};

LONGWATCH_METRIC(estimated_f1_weighted)
const Metric metric_estimated_f1_weighted =
    metrics::averaged_metric<metrics::kF1, Family::estimated_performance, metrics::Average::weighted>(
        "f1_weighted",
        "Mean over the classes of each one's F1 against the rest, weighted with the rows of its label, expected from "
        "the calibrated scores; no labels needed.",
        "CBPE: NannyML; sklearn.metrics.f1_score, average='weighted'");

LONGWATCH_METRIC(realized_f1_weighted)
const Metric metric_realized_f1_weighted =
    metrics::averaged_metric<metrics::kF1, Family::realized_performance, metrics::Average::weighted>(
        "f1_weighted", "Mean over the classes of each one's F1 against the rest, weighted with the rows of its label.",
        "sklearn.metrics.f1_score, average='weighted'");

LONGWATCH_METRIC(estimated_f1_micro)
const Metric metric_estimated_f1_micro =
    metrics::averaged_metric<metrics::kF1, Family::estimated_performance, metrics::Average::micro>(
        "f1_micro",
        "The F1 of all classes' rows against the rest, counted together, expected from the calibrated scores; no "
        "labels needed.",
        "CBPE: NannyML; sklearn.metrics.f1_score, average='micro'");

LONGWATCH_METRIC(realized_f1_micro)
const Metric metric_realized_f1_micro =
    metrics::averaged_metric<metrics::kF1, Family::realized_performance, metrics::Average::micro>(
        "f1_micro", "The F1 of all classes' rows against the rest, counted together.",
        "sklearn.metrics.f1_score, average='micro'");

}  // namespace longwatch
