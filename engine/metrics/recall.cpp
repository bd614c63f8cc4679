// Recall.
#include "engine/metrics/class_average.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_recall)
const Metric metric_estimated_recall = {
    .name = "recall",
    .summary =
        "Share of positive rows that are predicted positive, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.recall_score",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
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
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kRecall, Family::realized_performance>,
};

LONGWATCH_METRIC(estimated_recall_weighted)
const Metric metric_estimated_recall_weighted =
    metrics::averaged_metric<metrics::kRecall, Family::estimated_performance, metrics::Average::weighted>(
        "recall_weighted",
        "Mean over the classes of each one's recall against the rest, weighted with the rows of its label, expected "
        "from the calibrated scores; no labels needed.",
        "CBPE: NannyML; sklearn.metrics.recall_score, average='weighted'");

LONGWATCH_METRIC(realized_recall_weighted)
const Metric metric_realized_recall_weighted =
    metrics::averaged_metric<metrics::kRecall, Family::realized_performance, metrics::Average::weighted>(
        "recall_weighted",
        "Mean over the classes of each one's recall against the rest, weighted with the rows of its label.",
        "sklearn.metrics.recall_score, average='weighted'");

LONGWATCH_METRIC(estimated_recall_micro)
const Metric metric_estimated_recall_micro =
    metrics::averaged_metric<metrics::kRecall, Family::estimated_performance, metrics::Average::micro>(
        "recall_micro",
        "The recall of all classes' rows against the rest, counted together, expected from the calibrated scores; no "
        "labels needed.",
        "CBPE: NannyML; sklearn.metrics.recall_score, average='micro'");

LONGWATCH_METRIC(realized_recall_micro)
const Metric metric_realized_recall_micro =
    metrics::averaged_metric<metrics::kRecall, Family::realized_performance, metrics::Average::micro>(
        "recall_micro", "The recall of all classes' rows against the rest, counted together.",
        "sklearn.metrics.recall_score, average='micro'");

}  // namespace longwatch
