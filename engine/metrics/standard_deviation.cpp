// Standard deviation of a column.
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_numbers(input, 2, [&](const NumberView& view) {
    const Moments moments = moments_of(view.state->moments, view.column->moments);
    // The root is taken of the scaled variance: that of huge values is beyond a double where the deviation is not.
    const Moments scaled = moments_of(view.state->moments, {0, 1});
    const double deviation = std::sqrt(scaled.variance) / view.column->moments.scale;
    MetricValue out = metrics::deviation_of(deviation, moments);
    if (const NumberView* reference = input.reference_numbers; reference != nullptr) {
      const Moments of_reference = moments_of(reference->state->moments, reference->column->moments);
      out = metrics::against_deviation(std::move(out), static_cast<double>(moments.n), of_reference);
    }
    return out;
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
