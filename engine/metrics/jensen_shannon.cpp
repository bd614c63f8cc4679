// Jensen-Shannon distance between reference and chunk.
#include "engine/metrics/binned.hpp"

namespace longwatch {
namespace {

const double kBits = 2 * std::log(2.0);

/// p ln(p/m) + q ln(q/m) with m = (p + q) / 2, as m (ln(1 - t^2) + 2 t atanh t), t = (p - q) / (p + q): no cancellation
/// between bins, so that a tiny distance keeps its digits.
double divergence(double p, double q) {
  const double total = p + q;
  if (total == 0) return 0;
  const double t = (p - q) / total;
  if (std::abs(t) == 1) return total * std::log(2.0);
  return total / 2 * (std::log1p(-t * t) + 2 * t * std::atanh(t));
}

MetricValue compute(const MetricInput& input) {
  return metrics::with_bins(input, [](const metrics::BinnedPair& pair) {
    double sum = 0;
    pair.for_each_share([&](double p, double q) { sum += divergence(p, q); });
    const double square = std::clamp(sum / kBits, 0.0, 1.0);
    MetricValue out = metrics::value_of(std::sqrt(square));
    out.null = metrics::null_of_sum(pair.null_terms->bins, static_cast<double>(pair.chunk_rows), 2,
                                    [](double q, double p) { return divergence(p, q) / kBits; });
    out.p_value = metrics::null_tail(out.null, square);
    return out;
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
};

}  // namespace longwatch
