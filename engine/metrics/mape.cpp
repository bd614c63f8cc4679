// Mean absolute percentage error.
#include "engine/metrics/estimated_loss.hpp"
#include "engine/metrics/regression.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_mape)
const Metric metric_estimated_mape = {
    .name = "mape",
    .summary =
        "Mean absolute percentage error that boosted trees, having learned from the reference, expect of the rows.",
    .source = "NannyML: DLE, cross-fitted",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::estimated<Loss::percentage, false>,
};

LONGWATCH_METRIC(realized_mape)
const Metric metric_realized_mape = {
    .name = "mape",
    .summary = "Mean absolute error relative to the label, as a share.",
    .source = "sklearn.metrics.mean_absolute_percentage_error, but undefined where a label is 0",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::realized<metrics::kRelativePowers, false>,
};

}  // namespace longwatch
