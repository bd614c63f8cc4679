// Hellinger distance between reference and chunk.
#include "engine/metrics/additive.hpp"

namespace longwatch {
namespace {

struct SquaredDistance {
  static constexpr double kPower = 2;
  static double value(double q, double p) {
    const double difference = std::sqrt(p) - std::sqrt(q);
    return difference * difference / 2;
  }
  static double slope_q(double q, double p) { return (1 - std::sqrt(p / q)) / 2; }
  static double slope_p(double q, double p) { return (1 - std::sqrt(q / p)) / 2; }
  /// An empty bin counts as half a row, since the bias of a root has no bound.
  static double bend_q(double q, double p, double n) { return std::sqrt(p / std::max(q, 0.5 / n)) / 8; }
  static double bend_p(double q, double p, double n) { return std::sqrt(q / std::max(p, 0.5 / n)) / 8; }
};

MetricValue compute(const MetricInput& input) {
  return metrics::with_bins(input, [](const metrics::BinnedPair& pair) {
    return metrics::additive_distance<SquaredDistance>(pair, pair.null_terms->bins, 1);
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
