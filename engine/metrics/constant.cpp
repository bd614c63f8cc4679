// Columns that hold one value only.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

bool is_constant(const NumberView& view) {
  const CountsState& counts = view.state->counts;
  const MomentsState& moments = view.state->moments;
  const int kinds = (view.finite > 0) + (counts.positive_inf > 0) + (counts.negative_inf > 0);
  return kinds == 1 && (view.finite == 0 || moments.minimum == moments.maximum);
}

/// `other` pools values, so that it is one value only if few distinct ones were seen.
bool is_constant(const CategoryView& view) {
  const CategoryState& state = *view.state;
  const std::size_t values = state.categories.size() + state.unseen_values.size() + (state.other > 0 ? 1 : 0);
  return values == 1 && (state.other == 0 || state.distinct.estimate() < 1.5);
}

MetricValue compute(const MetricInput& input) {
  if (input.categories != nullptr) {
    return metrics::with_categories(input, 2,
                                    [](const CategoryView& view) { return metrics::value_of(is_constant(view)); });
  }
  if (input.numbers == nullptr) return MetricValue::undefined("no column");
  if (std::string why = metrics::unusable(*input.numbers); !why.empty()) return metrics::without_value(std::move(why));
  if (input.numbers->present() < 2) return metrics::without_value("insufficient_data");
  return metrics::value_of(is_constant(*input.numbers));
}

}  // namespace

LONGWATCH_METRIC(constant)
const Metric metric_constant = {
    .name = "constant",
    .summary = "1 where at least two present rows hold one and the same value, else 0.",
    .source = "minimum = maximum",
    .family = Family::data_quality,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = compute,
};

}  // namespace longwatch
