// Area under the ROC curve.
#include "engine/metrics/class_average.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_roc_auc)
const Metric metric_estimated_roc_auc = {
    .name = "roc_auc",
    .summary =
        "Probability that a positive row has a higher score than a negative one, ties half, expected from the "
        "calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.roc_auc_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kRocAuc, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_roc_auc)
const Metric metric_realized_roc_auc = {
    .name = "roc_auc",
    .summary = "Probability that a positive row has a higher score than a negative one, ties half.",
    .source = "sklearn.metrics.roc_auc_score",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kRocAuc, Family::realized_performance>,
};

LONGWATCH_METRIC(estimated_roc_auc_weighted)
const Metric metric_estimated_roc_auc_weighted =
    metrics::averaged_metric<metrics::kRocAuc, Family::estimated_performance, metrics::Average::weighted>(
        "roc_auc_weighted",
        "Mean over the classes of each one's area under the ROC curve against the rest, weighted with the rows of its "
        "label, expected from the calibrated scores; no labels needed.",
        "CBPE: NannyML; sklearn.metrics.roc_auc_score, average='weighted'");

LONGWATCH_METRIC(realized_roc_auc_weighted)
const Metric metric_realized_roc_auc_weighted =
    metrics::averaged_metric<metrics::kRocAuc, Family::realized_performance, metrics::Average::weighted>(
        "roc_auc_weighted",
        "Mean over the classes of each one's area under the ROC curve against the rest, weighted with the rows of its "
        "label.",
        "sklearn.metrics.roc_auc_score, average='weighted'");

LONGWATCH_METRIC(estimated_roc_auc_micro)
const Metric metric_estimated_roc_auc_micro =
    metrics::averaged_metric<metrics::kRocAuc, Family::estimated_performance, metrics::Average::micro>(
        "roc_auc_micro",
        "The area under the ROC curve of all classes' rows against the rest, counted together, expected from the "
        "calibrated scores; no labels needed.",
        "CBPE: NannyML; sklearn.metrics.roc_auc_score, average='micro'");

LONGWATCH_METRIC(realized_roc_auc_micro)
const Metric metric_realized_roc_auc_micro =
    metrics::averaged_metric<metrics::kRocAuc, Family::realized_performance, metrics::Average::micro>(
        "roc_auc_micro", "The area under the ROC curve of all classes' rows against the rest, counted together.",
        "sklearn.metrics.roc_auc_score, average='micro'");

}  // namespace longwatch
