// Mean absolute error as a share of the label.
#include "engine/metrics/estimated_loss.hpp"

namespace longwatch {
namespace {

MetricValue estimate(const MetricInput& input) { return metrics::estimated_loss(input, Loss::percentage, false); }

}  // namespace

LONGWATCH_METRIC(estimated_mape)
const Metric metric_estimated_mape = {
    .name = "mape",
    .summary =
        "Estimated mean absolute error as a share of the label, by trees that learned from the reference which loss to "
        "expect of a row.",
    .source = "NannyML: DLE; scikit-learn: mean_absolute_percentage_error",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::regression,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = estimate,
};

}  // namespace longwatch
