// Matthews correlation.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_matthews_correlation)
const Metric metric_estimated_matthews_correlation = {
    .name = "matthews_correlation",
    .summary = "Correlation of predictions and labels, expected from the calibrated scores; no labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.matthews_corrcoef",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
    .least = -1,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kMatthewsCorrelation, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_matthews_correlation)
const Metric metric_realized_matthews_correlation = {
    .name = "matthews_correlation",
    .summary = "Correlation of predictions and labels.",
    .source = "sklearn.metrics.matthews_corrcoef; Matthews 1975",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::classifier,
    .least = -1,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kMatthewsCorrelation, Family::realized_performance>,
};

}  // namespace longwatch
