// Infinite values.
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

std::int64_t infinite(const CountsState& counts) { return counts.positive_inf + counts.negative_inf; }

MetricValue compute(const MetricInput& input) {
  return metrics::with_counts(input, [&](const CountsState& counts) {
    return metrics::share_of(counts, metrics::reference_counts(input), infinite, true);
  });
}

}  // namespace

LONGWATCH_METRIC(inf_count)
const Metric metric_inf_count = {
    .name = "inf_count",
    .summary = "Number of rows that hold an infinite value.",
    .source = "count; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::continuous,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
    .grows_with_rows = true,
};

}  // namespace longwatch
