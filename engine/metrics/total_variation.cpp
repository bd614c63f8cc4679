// Total variation distance between reference and chunk.
#include "engine/metrics/binned.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_bins(input, [](const metrics::BinnedPair& pair) {
    double sum = 0;
    pair.for_each_share([&](double p, double q) { sum += std::abs(p - q); });
    return metrics::value_of(std::min(1.0, sum / 2));
  });
}

}  // namespace

LONGWATCH_METRIC(total_variation)
const Metric metric_total_variation = {
    .name = "total_variation",
    .summary =
        "Share of rows that would have to change bin to turn the reference into the chunk, on the bins of "
        "jensen_shannon.",
    .source = "half the L1 distance of the shares",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = 1,
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
    .minimum_effect = 0.04,
};

}  // namespace longwatch
