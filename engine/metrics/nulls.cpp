// Nulls, which missing_rate counts together with NaN.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

MetricValue rate(const MetricInput& input) {
  return metrics::with_counts(input,
                              [](const CountsState& counts) { return metrics::rate_of(counts.nulls, counts.rows); });
}

MetricValue count(const MetricInput& input) {
  return metrics::with_counts(input,
                              [](const CountsState& counts) { return metrics::count_of(counts.nulls, counts.rows); });
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
