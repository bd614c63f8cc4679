// Values that the reference did not have.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

/// Missing values are not unseen; the rate is of all rows, missing ones included.
template <class Compute>
MetricValue with_unseen(const MetricInput& input, Compute compute) {
  return metrics::with_categories(
      input, 1, [&](const CategoryView& view) { return compute(view.state->unseen, view.state->counts.rows); });
}

MetricValue rate(const MetricInput& input) { return with_unseen(input, metrics::rate_of); }
MetricValue count(const MetricInput& input) { return with_unseen(input, metrics::count_of); }

}  // namespace

LONGWATCH_METRIC(unseen_rate)
const Metric metric_unseen_rate = {
    .name = "unseen_rate",
    .summary = "Share of all rows whose category the reference does not have.",
    .source = "NannyML, but missing values are not unseen; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::categorical,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = rate,
};

LONGWATCH_METRIC(unseen_count)
const Metric metric_unseen_count = {
    .name = "unseen_count",
    .summary = "Number of rows whose category the reference does not have.",
    .source = "NannyML, but missing values are not unseen; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::categorical,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = count,
    .grows_with_rows = true,
};

}  // namespace longwatch
