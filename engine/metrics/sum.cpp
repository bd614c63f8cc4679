// Sum of a column.
#include "engine/metrics/guards.hpp"
#include "engine/metrics/moment_errors.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_numbers(input, 1, [](const NumberView& view) {
    const Moments moments = moments_of(view.state->moments, view.column->moments);
    return metrics::value_of(moments.sum, metrics::error_of_mean(moments) * static_cast<double>(moments.n));
  });
}

}  // namespace

LONGWATCH_METRIC(sum)
const Metric metric_sum = {
    .name = "sum",
    .summary = "Sum of the finite values.",
    .source = "standard error sd sqrt(n) of the chunk itself",
    .family = Family::summary,
    .applies_to = AppliesTo::continuous,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
    .grows_with_rows = true,
};

}  // namespace longwatch
