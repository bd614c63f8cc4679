// Specificity.
#include "engine/metrics/class_average.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_specificity)
const Metric metric_estimated_specificity = {
    .name = "specificity",
    .summary =
        "Share of negative rows that are predicted negative, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.recall_score, pos_label=0",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
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
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kSpecificity, Family::realized_performance>,
};

LONGWATCH_METRIC(estimated_specificity_weighted)
const Metric metric_estimated_specificity_weighted =
    metrics::averaged_metric<metrics::kSpecificity, Family::estimated_performance, metrics::Average::weighted>(
        "specificity_weighted",
        "Mean over the classes of each one's specificity against the rest, weighted with the rows of its label, "
        "expected from the calibrated scores; no labels needed.",
        "CBPE: NannyML; sklearn.metrics.multilabel_confusion_matrix, averaged as 'weighted'");

LONGWATCH_METRIC(realized_specificity_weighted)
const Metric metric_realized_specificity_weighted =
    metrics::averaged_metric<metrics::kSpecificity, Family::realized_performance, metrics::Average::weighted>(
        "specificity_weighted",
        "Mean over the classes of each one's specificity against the rest, weighted with the rows of its label.",
        "sklearn.metrics.multilabel_confusion_matrix, averaged as 'weighted'");

LONGWATCH_METRIC(estimated_specificity_micro)
const Metric metric_estimated_specificity_micro =
    metrics::averaged_metric<metrics::kSpecificity, Family::estimated_performance, metrics::Average::micro>(
        "specificity_micro",
        "The specificity of all classes' rows against the rest, counted together, expected from the calibrated scores; "
        "no labels needed.",
        "CBPE: NannyML; sklearn.metrics.multilabel_confusion_matrix, averaged as 'micro'");

LONGWATCH_METRIC(realized_specificity_micro)
const Metric metric_realized_specificity_micro =
    metrics::averaged_metric<metrics::kSpecificity, Family::realized_performance, metrics::Average::micro>(
        "specificity_micro", "The specificity of all classes' rows against the rest, counted together.",
        "sklearn.metrics.multilabel_confusion_matrix, averaged as 'micro'");

}  // namespace longwatch
