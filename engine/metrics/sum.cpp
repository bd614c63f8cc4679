// Sum of a column.
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_numbers(input, 1, [&](const NumberView& view) {
    const Moments moments = moments_of(view.state->moments, view.column->moments);
    MetricValue out = metrics::mean_of(moments);
    if (const NumberView* reference = input.reference_numbers; reference != nullptr) {
      const Moments of_reference = moments_of(reference->state->moments, reference->column->moments);
      out = metrics::against_mean(std::move(out), static_cast<double>(moments.n), of_reference);
    }
    out = metrics::times(std::move(out), static_cast<double>(moments.n));
    out.value = moments.sum;
    return out;
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
