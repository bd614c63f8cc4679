// NaN, which missing_rate counts together with nulls.
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

std::int64_t nans(const CountsState& counts) { return counts.nans; }

MetricValue compute(const MetricInput& input) {
  return metrics::with_counts(input, [&](const CountsState& counts) {
    return metrics::share_of(counts, metrics::reference_counts(input), nans, true);
  });
}

}  // namespace

LONGWATCH_METRIC(nan_count)
const Metric metric_nan_count = {
    .name = "nan_count",
    .summary = "Number of rows that hold NaN.",
    .source = "count; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
    .grows_with_rows = true,
};

}  // namespace longwatch
