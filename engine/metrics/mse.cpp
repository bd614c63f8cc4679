// Mean squared error.
#include "engine/metrics/estimated_loss.hpp"
#include "engine/metrics/regression.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_mse)
const Metric metric_estimated_mse = {
    .name = "mse",
    .summary = "Mean squared error that boosted trees, having learned from the reference, expect of the rows.",
    .source = "NannyML: DLE, cross-fitted",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::estimated<Loss::squared, false>,
};

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
