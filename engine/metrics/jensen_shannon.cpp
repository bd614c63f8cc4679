// Jensen-Shannon distance between reference and chunk.
#include "engine/metrics/additive.hpp"

namespace longwatch {
namespace {

const double kBits = 2 * std::log(2.0);

struct Divergence {
  static constexpr double kPower = 2;
  /// p ln(p/m) + q ln(q/m) with m = (p + q) / 2, as m (ln(1 - t^2) + 2 t atanh t), t = (p - q) / (p + q): no
  /// cancellation between bins, so that a tiny distance keeps its digits.
  static double value(double q, double p) {
    const double total = p + q;
    if (total == 0) return 0;
    const double t = (p - q) / total;
    if (std::abs(t) == 1) return total / 2;
    return total / 2 * (std::log1p(-t * t) + 2 * t * std::atanh(t)) / kBits;
  }
  static double slope_q(double q, double p) { return std::log(2 * q / (p + q)) / kBits; }
  static double slope_p(double q, double p) { return std::log(2 * p / (p + q)) / kBits; }
  static double bend_q(double q, double p, double) { return p / (p + q) / (2 * kBits); }
  static double bend_p(double q, double p, double) { return q / (p + q) / (2 * kBits); }
};

MetricValue compute(const MetricInput& input) {
  return metrics::with_bins(input, [](const metrics::BinnedPair& pair) {
    return metrics::additive_distance<Divergence>(pair, pair.null_terms->bins, 1);
  });
}

}  // namespace

LONGWATCH_METRIC(jensen_shannon)
const Metric metric_jensen_shannon = {
    .name = "jensen_shannon",
    .summary =
        "Distance between the distributions of reference and chunk: the square root of the Jensen-Shannon "
        "divergence in bits, on numpy's doane bins or on categories.",
    .source = "scipy.spatial.distance.jensenshannon, base 2; bins as NannyML",
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
