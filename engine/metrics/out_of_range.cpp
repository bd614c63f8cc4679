// Values beyond the reference's smallest and largest.
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

/// Cells left of the minimum's atom and right of the maximum's, and infinite values.
std::int64_t outside(const NumberView& view) {
  const Partition& partition = view.column->partition;
  std::int64_t out = view.present() - view.finite;
  for (std::size_t cell = 0; cell < 2 * partition.first_inside() + 1; ++cell) out += view.counts[cell];
  for (std::size_t cell = 2 * partition.last_inside() + 2; cell < view.counts.size(); ++cell) out += view.counts[cell];
  return out;
}

/// The rate is of all rows.
MetricValue share(const MetricInput& input, bool as_count) {
  if (input.numbers == nullptr) return MetricValue::undefined("the column is not continuous");
  if (std::string why = metrics::unusable(*input.numbers); !why.empty()) return metrics::without_value(std::move(why));
  const NumberView& view = *input.numbers;
  if (view.present() == 0) return metrics::without_value("insufficient_data");
  const std::int64_t rows = view.state->counts.rows;
  MetricValue out = metrics::rate_of(outside(view), rows);
  if (const NumberView* reference = input.reference_numbers; reference != nullptr && reference->state->counts.rows > 0)
    out = metrics::against_rate(std::move(out), rows, outside(*reference), reference->state->counts.rows);
  return metrics::checked(as_count ? metrics::in_rows(std::move(out), rows) : std::move(out));
}

MetricValue rate(const MetricInput& input) { return share(input, false); }
MetricValue count(const MetricInput& input) { return share(input, true); }

}  // namespace

LONGWATCH_METRIC(out_of_range_rate)
const Metric metric_out_of_range_rate = {
    .name = "out_of_range_rate",
    .summary = "Share of all rows below the model's reference minimum or above its maximum; infinite values are.",
    .source = "NannyML's NumericalRangeCalculator; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::continuous,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = rate,
};

LONGWATCH_METRIC(out_of_range_count)
const Metric metric_out_of_range_count = {
    .name = "out_of_range_count",
    .summary = "Number of rows below the model's reference minimum or above its maximum; infinite values are.",
    .source = "NannyML's NumericalRangeCalculator; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::continuous,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = count,
    .grows_with_rows = true,
};

}  // namespace longwatch
