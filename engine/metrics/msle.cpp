// Mean squared error of log(1 + x).
#include "engine/metrics/estimated_loss.hpp"

namespace longwatch {
namespace {

MetricValue estimate(const MetricInput& input) { return metrics::estimated_loss(input, Loss::squared_log, false); }

}  // namespace

LONGWATCH_METRIC(estimated_msle)
const Metric metric_estimated_msle = {
    .name = "msle",
    .summary =
        "Estimated mean squared error of log(1 + x), by trees that learned from the reference which loss to expect of "
        "a row.",
    .source = "NannyML: DLE; scikit-learn: mean_squared_log_error",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = estimate,
};

}  // namespace longwatch
