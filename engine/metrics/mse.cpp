// Mean squared error.
#include "engine/metrics/estimated_loss.hpp"

namespace longwatch {
namespace {

MetricValue estimate(const MetricInput& input) { return metrics::estimated_loss(input, Loss::squared, false); }

}  // namespace

LONGWATCH_METRIC(estimated_mse)
const Metric metric_estimated_mse = {
    .name = "mse",
    .summary = "Estimated mean squared error, by trees that learned from the reference which loss to expect of a row.",
    .source = "NannyML: DLE",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = estimate,
};

}  // namespace longwatch
