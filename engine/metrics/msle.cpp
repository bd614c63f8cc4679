// Mean squared logarithmic error.
#include "engine/metrics/estimated_loss.hpp"
#include "engine/metrics/regression.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_msle)
const Metric metric_estimated_msle = {
    .name = "msle",
    .summary =
        "Mean squared logarithmic error that boosted trees, having learned from the reference, expect of the rows.",
    .source = "NannyML: DLE, cross-fitted",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::estimated<Loss::squared_log, false>,
};

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
