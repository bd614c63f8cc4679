// Mean of prediction less label.
#include "engine/metrics/estimated_loss.hpp"

namespace longwatch {
namespace {

MetricValue estimate(const MetricInput& input) { return metrics::estimated_loss(input, Loss::signed_error, false); }

}  // namespace

LONGWATCH_METRIC(estimated_bias)
const Metric metric_estimated_bias = {
    .name = "bias",
    .summary =
        "Estimated mean of prediction less label, by trees that learned from the reference which loss to expect of a "
        "row.",
    .source = "direct loss estimation of the signed error",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = estimate,
};

}  // namespace longwatch
