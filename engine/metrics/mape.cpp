// Mean absolute percentage error.
#include "engine/metrics/regression.hpp"

namespace longwatch {

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
