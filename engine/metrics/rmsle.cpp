// Root of the mean squared error of log(1 + x).
#include "engine/metrics/estimated_loss.hpp"

namespace longwatch {
namespace {

MetricValue estimate(const MetricInput& input) { return metrics::estimated_loss(input, Loss::squared_log, true); }

}  // namespace

LONGWATCH_METRIC(estimated_rmsle)
const Metric metric_estimated_rmsle = {
    .name = "rmsle",
    .summary =
        "Estimated root of the mean squared error of log(1 + x), by trees that learned from the reference which loss "
        "to expect of a row.",
    .source = "NannyML: DLE; scikit-learn: root_mean_squared_log_error",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = estimate,
};

}  // namespace longwatch
