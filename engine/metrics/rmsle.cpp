// Root of the mean squared logarithmic error.
#include "engine/metrics/regression.hpp"

namespace longwatch {

LONGWATCH_METRIC(realized_rmsle)
const Metric metric_realized_rmsle = {
    .name = "rmsle",
    .summary = "Square root of the mean squared logarithmic error.",
    .source = "sklearn.metrics.root_mean_squared_log_error",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::realized<metrics::kLogPowers, true>,
};

}  // namespace longwatch
