// Two-sample Kolmogorov-Smirnov statistic from the counts of a partition.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

/// The largest |F_reference - F_chunk| at either side of every edge. Within an open cell where both have rows the order
/// of those rows is unknown: the difference there lies between (start - chunk's mass) and (start + reference's mass),
/// and the resolution is what that could add to the value. It is 0 where no open cell holds rows of both.
MetricValue statistic(const NumberView& reference, const NumberView& chunk) {
  const double reference_rows = static_cast<double>(reference.present());
  const double chunk_rows = static_cast<double>(chunk.present());
  std::int64_t below_reference = reference.state->counts.negative_inf;
  std::int64_t below_chunk = chunk.state->counts.negative_inf;
  const auto difference = [&](std::int64_t of_reference, std::int64_t of_chunk) {
    return static_cast<double>(of_reference) / reference_rows - static_cast<double>(of_chunk) / chunk_rows;
  };
  double largest = std::abs(difference(below_reference, below_chunk));
  double possible = 0;
  for (std::size_t cell = 0; cell < chunk.counts.size(); ++cell) {
    const std::int64_t of_reference = reference.counts[cell];
    const std::int64_t of_chunk = chunk.counts[cell];
    if (of_reference == 0 && of_chunk == 0) continue;
    if (cell % 2 == 0 && of_reference > 0 && of_chunk > 0) {
      possible = std::max(possible, difference(below_reference + of_reference, below_chunk));
      possible = std::max(possible, -difference(below_reference, below_chunk + of_chunk));
    }
    below_reference += of_reference;
    below_chunk += of_chunk;
    largest = std::max(largest, std::abs(difference(below_reference, below_chunk)));
  }
  MetricValue out = metrics::value_of(largest);
  out.resolution = std::max(0.0, possible - largest);
  return out;
}

MetricValue compute(const MetricInput& input) { return metrics::with_number_pair(input, statistic); }

}  // namespace

LONGWATCH_METRIC(kolmogorov_smirnov)
const Metric metric_kolmogorov_smirnov = {
    .name = "kolmogorov_smirnov",
    .summary = "Largest difference between the cumulative distributions of reference and chunk.",
    .source = "scipy.stats.ks_2samp statistic",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::continuous,
    .least = 0,
    .greatest = 1,
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
    .minimum_effect = 0.04,
};

}  // namespace longwatch
