// How many distinct values a column holds.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

/// Never more than the present rows, and at least one.
MetricValue estimated(const DistinctState& distinct, std::int64_t present) {
  const double value = std::clamp(std::round(distinct.estimate()), 1.0, static_cast<double>(present));
  return metrics::value_of(value, DistinctState::kRelativeError * value);
}

MetricValue compute(const MetricInput& input) {
  if (input.categories != nullptr) {
    return metrics::with_categories(
        input, 1, [](const CategoryView& view) { return estimated(view.state->distinct, view.present); });
  }
  return metrics::with_numbers(input, 1,
                               [](const NumberView& view) { return estimated(view.state->distinct, view.present()); });
}

}  // namespace

LONGWATCH_METRIC(distinct_count)
const Metric metric_distinct_count = {
    .name = "distinct_count",
    .summary = "Number of distinct present values, estimated to 1.6 %.",
    .source = "HyperLogLog, Flajolet et al. 2007, 4,096 registers",
    .family = Family::data_quality,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = compute,
};

}  // namespace longwatch
