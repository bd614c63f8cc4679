// Nulls, which missing_rate counts together with NaN.
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

std::int64_t nulls(const CountsState& counts) { return counts.nulls; }

MetricValue rate(const MetricInput& input) {
  return metrics::with_counts(input, [&](const CountsState& counts) {
    return metrics::share_of(counts, metrics::reference_counts(input), nulls, false);
  });
}

MetricValue count(const MetricInput& input) {
  return metrics::with_counts(input, [&](const CountsState& counts) {
    return metrics::share_of(counts, metrics::reference_counts(input), nulls, true);
  });
}

}  // namespace

LONGWATCH_METRIC(null_rate)
const Metric metric_null_rate = {
    .name = "null_rate",
    .summary = "Share of rows that are null.",
    .source = "count / rows; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = rate,
};

LONGWATCH_METRIC(null_count)
const Metric metric_null_count = {
    .name = "null_count",
    .summary = "Number of rows that are null.",
    .source = "count; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = count,
    .grows_with_rows = true,
};

}  // namespace longwatch
