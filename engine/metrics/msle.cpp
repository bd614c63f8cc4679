// Mean squared logarithmic error.
#include "engine/metrics/regression.hpp"

namespace longwatch {

LONGWATCH_METRIC(realized_msle)
const Metric metric_realized_msle = {
    .name = "msle",
    .summary = "Mean squared difference of the logarithms of 1 + prediction and 1 + label.",
    .source = "sklearn.metrics.mean_squared_log_error",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::realized<metrics::kLogPowers, false>,
};

}  // namespace longwatch
