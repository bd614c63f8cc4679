// Smallest and largest value of a column.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

MetricValue smallest(const MetricInput& input) {
  return metrics::with_numbers(input, 1,
                               [](const NumberView& view) { return metrics::value_of(view.state->moments.minimum); });
}

MetricValue largest(const MetricInput& input) {
  return metrics::with_numbers(input, 1,
                               [](const NumberView& view) { return metrics::value_of(view.state->moments.maximum); });
}

}  // namespace

LONGWATCH_METRIC(minimum)
const Metric metric_minimum = {
    .name = "minimum",
    .summary = "Smallest finite value.",
    .source = "exact",
    .family = Family::summary,
    .applies_to = AppliesTo::continuous,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = smallest,
};

LONGWATCH_METRIC(maximum)
const Metric metric_maximum = {
    .name = "maximum",
    .summary = "Largest finite value.",
    .source = "exact",
    .family = Family::summary,
    .applies_to = AppliesTo::continuous,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = largest,
};

}  // namespace longwatch
