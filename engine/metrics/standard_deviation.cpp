// Standard deviation of a column.
#include "engine/metrics/guards.hpp"
#include "engine/metrics/moment_errors.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_numbers(input, 2, [](const NumberView& view) {
    const Moments moments = moments_of(view.state->moments, view.column->moments);
    // The root is taken of the scaled variance: that of huge values is beyond a double where the deviation is not.
    const Moments scaled = moments_of(view.state->moments, {0, 1});
    return metrics::value_of(std::sqrt(scaled.variance) / view.column->moments.scale, metrics::error_of_deviation(moments));
  });
}

}  // namespace

LONGWATCH_METRIC(standard_deviation)
const Metric metric_standard_deviation = {
    .name = "standard_deviation",
    .summary = "Standard deviation of the finite values, with n - 1.",
    .source = "standard error Rao 1973, from the chunk itself",
    .family = Family::summary,
    .applies_to = AppliesTo::continuous,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
};

}  // namespace longwatch
