// Hellinger distance between reference and chunk.
#include "engine/metrics/binned.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_bins(input, [](const metrics::BinnedPair& pair) {
    double sum = 0;
    pair.for_each_share([&](double p, double q) {
      const double difference = std::sqrt(p) - std::sqrt(q);
      sum += difference * difference;
    });
    return metrics::value_of(std::min(1.0, std::sqrt(sum / 2)));
  });
}

}  // namespace

LONGWATCH_METRIC(hellinger)
const Metric metric_hellinger = {
    .name = "hellinger",
    .summary = "Hellinger distance between reference and chunk, on the bins of jensen_shannon.",
    .source = "Hellinger 1909; bins as NannyML",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = 1,
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
    .minimum_effect = 0.035,
};

}  // namespace longwatch
