// Missing values: nulls and NaN.
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

std::int64_t missing(const CountsState& counts) { return counts.missing(); }

MetricValue rate(const MetricInput& input) {
  return metrics::with_counts(input, [&](const CountsState& counts) {
    return metrics::share_of(counts, metrics::reference_counts(input), missing, false);
  });
}

MetricValue count(const MetricInput& input) {
  return metrics::with_counts(input, [&](const CountsState& counts) {
    return metrics::share_of(counts, metrics::reference_counts(input), missing, true);
  });
}

}  // namespace

LONGWATCH_METRIC(missing_rate)
const Metric metric_missing_rate = {
    .name = "missing_rate",
    .summary = "Share of rows without a value: null or NaN.",
    .source = "count / rows; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = rate,
};

LONGWATCH_METRIC(missing_count)
const Metric metric_missing_count = {
    .name = "missing_count",
    .summary = "Number of rows without a value: null or NaN.",
    .source = "count; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = count,
    .grows_with_rows = true,
};

}  // namespace longwatch
