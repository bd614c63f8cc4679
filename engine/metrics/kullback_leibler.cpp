// Kullback-Leibler divergence of the chunk from the reference.
#include "engine/metrics/binned.hpp"

namespace longwatch {
namespace {

/// Sum of q ln(q / p) over q and p floored and scaled back to a total of 1 each, so that it is never negative.
MetricValue compute(const MetricInput& input) {
  return metrics::with_bins(input, [](const metrics::BinnedPair& pair) {
    double reference_total = 0;
    double chunk_total = 0;
    pair.for_each_share([&](double p, double q) {
      reference_total += metrics::floored(p);
      chunk_total += metrics::floored(q);
    });
    double sum = 0;
    pair.for_each_share([&](double p, double q) {
      const double reference = metrics::floored(p) / reference_total;
      const double chunk = metrics::floored(q) / chunk_total;
      sum += chunk * std::log(chunk / reference);
    });
    return metrics::value_of(std::max(0.0, sum));
  });
}

}  // namespace

LONGWATCH_METRIC(kullback_leibler)
const Metric metric_kullback_leibler = {
    .name = "kullback_leibler",
    .summary =
        "Kullback-Leibler divergence of the chunk from the reference in nats, on the bins of jensen_shannon; an "
        "empty bin counts as a share of 0.0001.",
    .source = "scipy.stats.entropy(chunk, reference) on floored shares",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
    .minimum_effect = 0.005,
};

}  // namespace longwatch
