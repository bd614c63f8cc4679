// Repeated values, exactly: of the id, and of columns with the constraint `unique`.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

template <class Compute>
MetricValue with_unique(const MetricInput& input, Compute compute) {
  if (input.unique == nullptr) return MetricValue::undefined("the column's values were not compared");
  const UniqueCounts& counts = *input.unique;
  if (counts.first + counts.repeated == 0) return metrics::without_value("insufficient_data");
  return metrics::checked(compute(counts));
}

MetricValue count(const MetricInput& input) {
  return with_unique(
      input, [](const UniqueCounts& counts) { return metrics::value_of(static_cast<double>(counts.repeated)); });
}

MetricValue rate(const MetricInput& input) {
  return with_unique(input, [](const UniqueCounts& counts) {
    return metrics::value_of(static_cast<double>(counts.repeated) /
                             static_cast<double>(counts.first + counts.repeated));
  });
}

MetricValue unique(const MetricInput& input) {
  return with_unique(input,
                     [](const UniqueCounts& counts) { return metrics::value_of(static_cast<double>(counts.first)); });
}

}  // namespace

LONGWATCH_METRIC(duplicate_count)
const Metric metric_duplicate_count = {
    .name = "duplicate_count",
    .summary = "Number of rows whose value occurred before, in the chunk or in an earlier one of the period; exact.",
    .source = "pandas.Series.duplicated, keep='first'",
    .family = Family::data_quality,
    .applies_to = AppliesTo::unique,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = count,
    .grows_with_rows = true,
};

LONGWATCH_METRIC(duplicate_rate)
const Metric metric_duplicate_rate = {
    .name = "duplicate_rate",
    .summary =
        "Share of the present values that occurred before, in the chunk or in an earlier one of the period; exact.",
    .source = "duplicate_count / present rows",
    .family = Family::data_quality,
    .applies_to = AppliesTo::unique,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = rate,
};

LONGWATCH_METRIC(unique_count)
const Metric metric_unique_count = {
    .name = "unique_count",
    .summary =
        "Number of distinct values, exact; of a chunk, those that did not occur in an earlier one of the period.",
    .source = "pandas.Series.nunique",
    .family = Family::data_quality,
    .applies_to = AppliesTo::unique,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = unique,
    .grows_with_rows = true,
};

}  // namespace longwatch
