// Largest difference between a category's shares in reference and chunk.
#include "engine/metrics/binned.hpp"

namespace longwatch {
namespace {

/// Every kept unseen value is a category of its own. A value among the unseen ones that were not kept could have at
/// most the share of all of them together: that is the resolution.
MetricValue compute(const MetricInput& input) {
  return metrics::with_category_pair(input, [](const CategoryView& reference, const CategoryView& chunk) {
    const double reference_rows = static_cast<double>(reference.present);
    const double chunk_rows = static_cast<double>(chunk.present);
    const auto difference = [&](std::int64_t of_reference, std::int64_t of_chunk) {
      return std::abs(static_cast<double>(of_reference) / reference_rows - static_cast<double>(of_chunk) / chunk_rows);
    };
    double largest = difference(reference.state->other, chunk.state->other);
    for (std::size_t i = 0; i < reference.counts.size(); ++i) {
      largest = std::max(largest, difference(reference.counts[i], chunk.counts[i]));
    }
    std::int64_t rest = chunk.state->unseen;
    for (const UnseenValue& value : chunk.state->unseen_values) {
      largest = std::max(largest, difference(0, value.count));
      rest -= value.count;
    }
    MetricValue out = metrics::value_of(largest);
    out.resolution = std::max(0.0, difference(0, rest) - largest);
    return out;
  });
}

}  // namespace

LONGWATCH_METRIC(l_infinity)
const Metric metric_l_infinity = {
    .name = "l_infinity",
    .summary =
        "Largest difference between a category's share in the chunk and in the reference; each unseen value is a "
        "category.",
    .source = "largest abs(p - q), as NannyML",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::categorical,
    .least = 0,
    .greatest = 1,
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
    .minimum_effect = 0.02,
};

}  // namespace longwatch
