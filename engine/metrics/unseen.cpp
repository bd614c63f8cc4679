// Values that the reference did not have.
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

/// Missing values are not unseen; the rate is of all rows, missing ones included.
MetricValue share(const MetricInput& input, bool as_count) {
  return metrics::with_categories(input, 1, [&](const CategoryView& view) {
    const std::int64_t rows = view.state->counts.rows;
    MetricValue out = metrics::rate_of(view.state->unseen, rows);
    if (const CategoryView* reference = input.reference_categories;
        reference != nullptr && reference->state->counts.rows > 0) {
      out = metrics::against_rate(std::move(out), rows, reference->state->unseen, reference->state->counts.rows);
    }
    return as_count ? metrics::in_rows(std::move(out), rows) : out;
  });
}

MetricValue rate(const MetricInput& input) { return share(input, false); }
MetricValue count(const MetricInput& input) { return share(input, true); }

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
