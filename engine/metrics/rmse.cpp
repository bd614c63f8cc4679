// Root of the mean squared error.
#include "engine/metrics/estimated_loss.hpp"

namespace longwatch {
namespace {

MetricValue estimate(const MetricInput& input) { return metrics::estimated_loss(input, Loss::squared, true); }

}  // namespace

LONGWATCH_METRIC(estimated_rmse)
const Metric metric_estimated_rmse = {
    .name = "rmse",
    .summary =
        "Estimated root of the mean squared error, by trees that learned from the reference which loss to expect of a "
        "row.",
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
