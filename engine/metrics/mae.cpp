// Mean absolute error.
#include "engine/metrics/estimated_loss.hpp"
#include "engine/metrics/regression.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_mae)
const Metric metric_estimated_mae = {
    .name = "mae",
    .summary = "Mean absolute error that boosted trees, having learned from the reference, expect of the rows.",
    .source = "NannyML: DLE, cross-fitted",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::estimated<Loss::absolute, false>,
};

LONGWATCH_METRIC(realized_mae)
const Metric metric_realized_mae = {
    .name = "mae",
    .summary = "Mean absolute error of the predictions.",
    .source = "sklearn.metrics.mean_absolute_error",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::realized<metrics::kAbsolutePowers, false>,
};

}  // namespace longwatch
