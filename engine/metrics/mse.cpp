// Mean squared error.
#include "engine/metrics/regression.hpp"

namespace longwatch {

LONGWATCH_METRIC(realized_mse)
const Metric metric_realized_mse = {
    .name = "mse",
    .summary = "Mean squared error of the predictions.",
    .source = "sklearn.metrics.mean_squared_error",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::realized<metrics::kSquaredPowers, false>,
};

}  // namespace longwatch
