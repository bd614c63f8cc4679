// Root of the mean squared logarithmic error.
#include "engine/metrics/estimated_loss.hpp"
#include "engine/metrics/regression.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_rmsle)
const Metric metric_estimated_rmsle = {
    .name = "rmsle",
    .summary =
        "Root of the mean squared logarithmic error that boosted trees, having learned from the reference, expect of "
        "the rows.",
    .source = "NannyML: DLE, cross-fitted",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::estimated<Loss::squared_log, true>,
};

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
