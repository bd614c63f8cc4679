// Population stability index of the chunk against the reference.
#include "engine/metrics/additive.hpp"

namespace longwatch {
namespace {

struct Index {
  static constexpr double kPower = 1;
  static double value(double q, double p) {
    const double chunk = metrics::floored(q);
    const double reference = metrics::floored(p);
    return (chunk - reference) * std::log(chunk / reference);
  }
  static double slope_q(double q, double p) {
    const double ratio = metrics::floored(p) / q;
    return 1 - ratio - std::log(ratio);
  }
  static double slope_p(double q, double p) { return slope_q(p, q); }
  static double bend_q(double q, double p, double) { return q > 0 ? (1 + metrics::floored(p) / q) / 2 : 0; }
  static double bend_p(double q, double p, double n) { return bend_q(p, q, n); }
};

MetricValue index_of(const metrics::BinnedPair& pair, const metrics::NullCells& cells) {
  return metrics::additive_distance<Index>(pair, cells, std::numeric_limits<double>::infinity());
}

MetricValue compute(const MetricInput& input) {
  if (input.categories != nullptr) {
    return metrics::with_bins(input,
                              [](const metrics::BinnedPair& pair) { return index_of(pair, pair.null_terms->bins); });
  }
  return metrics::with_number_pair(input, [&](const NumberView& reference, const NumberView& chunk) {
    const auto terms = metrics::null_terms(reference);
    const std::vector<std::int64_t> of_chunk = metrics::counts_between(chunk, terms->decile_ends);
    return index_of({terms->decile_counts, of_chunk, 0, 0, reference.present(), chunk.present(), terms, input.scratch},
                    terms->deciles);
  });
}

}  // namespace

LONGWATCH_METRIC(population_stability_index)
const Metric metric_population_stability_index = {
    .name = "population_stability_index",
    .summary =
        "Population stability index on the reference's deciles or on categories; an empty bin counts as a share "
        "of 0.0001.",
    .source = "sum of (q - p) ln(q / p), e.g. Siddiqi 2006",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
    .minimum_effect = 0.01,
};

}  // namespace longwatch
