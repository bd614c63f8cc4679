// Two-sample Kolmogorov-Smirnov statistic from the counts of a partition.
#include "engine/metrics/largest_difference.hpp"
#include "engine/metrics/null_terms.hpp"

namespace longwatch {
namespace {

using Point = metrics::LargestDifference::Point;

/// Differences of the cumulative distributions at some 40 cells, the largest one among them, and their times on the
/// bridge.
struct Points {
  std::vector<Point> points;
  std::vector<double> times;
};

Points points_of(const NumberView& reference, const NumberView& chunk) {
  const double rows = static_cast<double>(reference.present());
  const double n = static_cast<double>(chunk.present());
  const double all = n + rows;
  constexpr double kStep = 1.0 / 32;
  Points out;
  std::int64_t of_reference = reference.state->counts.negative_inf;
  std::int64_t of_chunk = chunk.state->counts.negative_inf;
  Point best;
  double begin = 0, best_time = 0;
  const auto end_group = [&](double time) {
    if (best_time > 0 && out.points.size() + 2 < metrics::kPoints) {
      out.points.push_back(best);
      out.times.push_back(best_time);
    }
    best = {};
    best_time = 0;
    begin = time;
  };
  for (std::size_t cell = 0; cell < chunk.counts.size(); ++cell) {
    if (reference.counts[cell] == 0 && chunk.counts[cell] == 0) continue;
    of_reference += reference.counts[cell];
    of_chunk += chunk.counts[cell];
    const double p = static_cast<double>(of_reference) / rows;
    const double q = static_cast<double>(of_chunk) / n;
    const double time = static_cast<double>(of_reference + of_chunk) / all;
    if (time - begin > kStep) end_group(time);
    if (time < 1 && (best_time == 0 || std::abs(p - q) > std::abs(best.difference))) {
      best = {p - q, p * (1 - p) / rows + q * (1 - q) / n, time * (1 - time) * (1 / n + 1 / rows)};
      best_time = time;
    }
  }
  end_group(1);
  return out;
}

void add_uncertainty(MetricValue& out, const NumberView& reference, const NumberView& chunk) {
  const double rows = static_cast<double>(reference.present());
  const double n = static_cast<double>(chunk.present());
  const auto terms = metrics::null_terms(reference);
  const metrics::SupremumNull& null = terms->supremum;
  out.null = null.spread(n, rows);
  out.p_value = null.continuous ? null.tail(out.value, n, rows) : metrics::null_tail(out.null, out.value * out.value);
  const Points points = points_of(reference, chunk);
  if (points.points.empty()) return;
  metrics::set_path_interval(out,
                             metrics::LargestDifference::bridge(points.points, points.times, null.moments(n, rows)), 1);
}

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
  add_uncertainty(out, reference, chunk);
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
