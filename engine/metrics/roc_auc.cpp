// Area under the ROC curve.
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
    .applies_to = AppliesTo::binary,
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
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kRocAuc, Family::realized_performance>,
};

}  // namespace longwatch
