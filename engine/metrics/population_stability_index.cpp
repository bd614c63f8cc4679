// Population stability index of the chunk against the reference.
#include "engine/metrics/binned.hpp"

namespace longwatch {
namespace {

/// The cells at which the bins end: after each inner decile of the reference, and before it too where that one value
/// holds a tenth of the reference or more (zeros, caps), so that such a value has a bin of its own.
std::vector<std::size_t> bin_ends(const NumberView& reference) {
  const Partition& partition = reference.column->partition;
  const std::span<const double> edges = partition.edges();
  std::vector<std::size_t> ends;
  std::int64_t before = reference.counts.front();
  std::size_t cell = 1;
  for (const double decile : reference.column->quantile_edges) {
    const std::size_t edge =
        static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), decile) - edges.begin());
    const std::size_t atom = 2 * edge + 1;
    if (atom >= reference.counts.size()) break;
    for (; cell < atom; ++cell) before += reference.counts[cell];
    const bool heavy = reference.counts[atom] * 10 >= reference.present();
    if (heavy && before > 0 && (ends.empty() || ends.back() < atom)) ends.push_back(atom);
    const bool inner = edge > partition.first_inside() && edge < partition.last_inside();
    if (inner || (heavy && edge < partition.last_inside())) ends.push_back(atom + 1);
  }
  ends.push_back(reference.counts.size());
  return ends;
}

/// Counts up to each end; infinite values are in the outermost bins.
std::vector<std::int64_t> binned(const NumberView& view, const std::vector<std::size_t>& ends) {
  std::vector<std::int64_t> out;
  std::size_t cell = 0;
  for (const std::size_t end : ends) {
    std::int64_t sum = 0;
    for (; cell < end; ++cell) sum += view.counts[cell];
    out.push_back(sum);
  }
  out.front() += view.state->counts.negative_inf;
  out.back() += view.state->counts.positive_inf;
  return out;
}

MetricValue index_of(const metrics::BinnedPair& pair) {
  double sum = 0;
  pair.for_each_share([&](double p, double q) {
    const double reference = metrics::floored(p);
    const double chunk = metrics::floored(q);
    sum += (chunk - reference) * std::log(chunk / reference);
  });
  return metrics::value_of(sum);
}

MetricValue compute(const MetricInput& input) {
  if (input.categories != nullptr) return metrics::with_bins(input, index_of);
  return metrics::with_number_pair(input, [](const NumberView& reference, const NumberView& chunk) {
    const std::vector<std::size_t> ends = bin_ends(reference);
    const std::vector<std::int64_t> of_reference = binned(reference, ends);
    const std::vector<std::int64_t> of_chunk = binned(chunk, ends);
    return index_of({of_reference, of_chunk, 0, 0, reference.present(), chunk.present(), nullptr});
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
};

}  // namespace longwatch
