// Infinite values.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_counts(input, [](const CountsState& counts) {
    return metrics::count_of(counts.positive_inf + counts.negative_inf, counts.rows);
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
