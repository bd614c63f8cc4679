// NaN, which missing_rate counts together with nulls.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_counts(input,
                              [](const CountsState& counts) { return metrics::count_of(counts.nans, counts.rows); });
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
