// Mean signed error.
#include "engine/metrics/estimated_loss.hpp"
#include "engine/metrics/regression.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_bias)
const Metric metric_estimated_bias = {
    .name = "bias",
    .summary =
        "Mean of prediction minus label that boosted trees, having learned from the reference, expect of the rows.",
    .source = "NannyML's DLE, of the signed error, cross-fitted",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::estimated<Loss::signed_error, false>,
};

LONGWATCH_METRIC(realized_bias)
const Metric metric_realized_bias = {
    .name = "bias",
    .summary = "Mean of prediction minus label: above 0 the model predicts too much.",
    .source = "mean of prediction - label",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::regression,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::realized<metrics::kErrorPowers, false>,
};

}  // namespace longwatch
