// Mean absolute error.
#include "engine/metrics/estimated_loss.hpp"

namespace longwatch {
namespace {

MetricValue estimate(const MetricInput& input) { return metrics::estimated_loss(input, Loss::absolute, false); }

}  // namespace

LONGWATCH_METRIC(estimated_mae)
const Metric metric_estimated_mae = {
    .name = "mae",
    .summary = "Estimated mean absolute error, by trees that learned from the reference which loss to expect of a row.",
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
