// Pearson's chi-squared test of the chunk's categories against the reference's.
#include "engine/metrics/additive.hpp"
#include "engine/metrics/gamma.hpp"

namespace longwatch {
namespace {

/// A category's counts in both.
struct Pair {
  std::int64_t reference;
  std::int64_t chunk;
};

/// Categories that occur: the reference's, `other`, each kept unseen value, and the remaining unseen ones as one.
std::vector<Pair> occurring(const CategoryView& reference, const CategoryView& chunk) {
  std::vector<Pair> pairs;
  pairs.reserve(reference.counts.size() + chunk.state->unseen_values.size() + 2);
  const auto add = [&](std::int64_t of_reference, std::int64_t of_chunk) {
    if (of_reference > 0 || of_chunk > 0) pairs.push_back({of_reference, of_chunk});
  };
  for (std::size_t i = 0; i < reference.counts.size(); ++i) add(reference.counts[i], chunk.counts[i]);
  add(reference.state->other, chunk.state->other);
  std::int64_t rest = chunk.state->unseen;
  for (const UnseenValue& value : chunk.state->unseen_values) {
    add(0, value.count);
    rest -= value.count;
  }
  add(reference.state->unseen, rest);
  return pairs;
}

/// The statistic of a chunk of n rows without drift, its categories pooled as those of the other distances.
NullSpread null_of(const CategoryView& reference, double n) {
  const auto terms = metrics::null_terms(reference);
  const double rows = static_cast<double>(reference.present);
  return metrics::null_of_sum(terms->bins, n, 1, [&](const metrics::CellGroup& group, double x) {
    const double q = x / n, p = group.count / rows;
    const double total = n * q + rows * p;
    return total == 0 ? 0 : n * rows * (q - p) * (q - p) / total;
  });
}

/// Of the statistic by the delta method, 0 where nothing differs.
double variance_of(const std::vector<Pair>& pairs, double reference_rows, double chunk_rows) {
  metrics::SlopeSums of_q, of_p;
  for (const Pair& pair : pairs) {
    const double q = static_cast<double>(pair.chunk) / chunk_rows;
    const double p = static_cast<double>(pair.reference) / reference_rows;
    const double ratio = (q - p) / static_cast<double>(pair.chunk + pair.reference);
    const double scale = chunk_rows * reference_rows * ratio;
    of_q.add(q, scale * (2 - chunk_rows * ratio));
    of_p.add(p, -scale * (2 + reference_rows * ratio));
  }
  return of_q.variance(chunk_rows) + of_p.variance(reference_rows);
}

/// Both rows of the table deviate from what is expected by the same amount: (a n2 - b n1) / (n1 + n2), exact in
/// integers.
MetricValue test(const CategoryView& reference, const CategoryView& chunk) {
  const std::vector<Pair> pairs = occurring(reference, chunk);
  const std::size_t freedom = pairs.size() - 1;
  const double reference_rows = static_cast<double>(reference.present);
  const double chunk_rows = static_cast<double>(chunk.present);
  const double rows = reference_rows + chunk_rows;
  double statistic = 0;
  for (const Pair& pair : pairs) {
    const int128 cross =
        static_cast<int128>(pair.reference) * chunk.present - static_cast<int128>(pair.chunk) * reference.present;
    double deviation = std::abs(static_cast<double>(cross)) / rows;
    if (freedom == 1) deviation = std::max(0.0, deviation - 0.5);  // Yates
    const double total = static_cast<double>(pair.reference) + static_cast<double>(pair.chunk);
    const double expected_reference = total * (reference_rows / rows);
    const double expected_chunk = total * (chunk_rows / rows);
    statistic += deviation * deviation * (1 / expected_reference + 1 / expected_chunk);
  }
  MetricValue out = metrics::value_of(statistic);
  out.p_value = metrics::chi_squared_tail(statistic, static_cast<double>(freedom));
  out.null = null_of(reference, chunk_rows);
  if (freedom == 0) return out;
  const double mean = static_cast<double>(freedom);
  metrics::set_square_interval(out, {statistic, mean, 2 * mean, mean, variance_of(pairs, reference_rows, chunk_rows)},
                               1, std::numeric_limits<double>::infinity());
  return out;
}

MetricValue compute(const MetricInput& input) { return metrics::with_category_pair(input, test); }

}  // namespace

LONGWATCH_METRIC(chi_squared)
const Metric metric_chi_squared = {
    .name = "chi_squared",
    .summary =
        "Pearson's chi-squared statistic of the chunk's category counts against the reference's, with its p-value.",
    .source = "scipy.stats.chi2_contingency (Yates' correction for a 2 x 2 table)",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::categorical,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = true,
    .threshold = DefaultThreshold::p_value,
    .compute = compute,
    .grows_with_rows = true,
};

}  // namespace longwatch
