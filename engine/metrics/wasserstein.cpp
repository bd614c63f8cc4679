// First Wasserstein distance from the counts and sums of a partition.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

/// One open cell (left, right): what both distributions do in it.
struct Cell {
  double left;
  double right;
  double start;  ///< F_reference - F_chunk at the left end,
  double end;    ///< and at the right end
  double reference_mass;
  double chunk_mass;
  double reference_mean;  ///< of the rows in the cell; any value inside where there are none
  double chunk_mean;
};

struct Area {
  double value = 0;
  double error = 0;  ///< the area is within this of the true one
};

/// The most area that a crossing and back within the cell can hide: how far the distribution behind may get ahead, over
/// the width; no more than all of its rows before their mean's place, nor all of the other's behind it.
double hidden_area(const Cell& cell, bool reference_ahead) {
  const double overtake = reference_ahead ? cell.chunk_mass - cell.start : cell.reference_mass + cell.start;
  const double of_chunk =
      cell.chunk_mass * (reference_ahead ? cell.right - cell.chunk_mean : cell.chunk_mean - cell.left);
  const double of_reference =
      cell.reference_mass * (reference_ahead ? cell.reference_mean - cell.left : cell.right - cell.reference_mean);
  return std::min({std::max(0.0, overtake) * (cell.right - cell.left), of_chunk, of_reference});
}

/// The area between the two cumulative distributions. The signed area is exact, since the integral of a distribution
/// over the cell is known from its mean. Where the difference has one sign at both ends the area is its absolute value,
/// unless the rows cross within; where the sign changes, both masses stand at their means.
Area area_of(const Cell& cell) {
  const double width = cell.right - cell.left;
  const double signed_area = cell.start * width + cell.reference_mass * (cell.right - cell.reference_mean) -
                             cell.chunk_mass * (cell.right - cell.chunk_mean);
  const bool alone = cell.reference_mass == 0 || cell.chunk_mass == 0;
  const double most = std::max(cell.start + cell.reference_mass, cell.chunk_mass - cell.start);
  if (cell.start * cell.end >= 0) {
    return {std::abs(signed_area), alone ? 0 : 2 * hidden_area(cell, cell.start + cell.end >= 0)};
  }
  const double first = std::min(cell.reference_mean, cell.chunk_mean);
  const double second = std::max(cell.reference_mean, cell.chunk_mean);
  const double middle =
      cell.reference_mean < cell.chunk_mean ? cell.start + cell.reference_mass : cell.start - cell.chunk_mass;
  const double pieces = std::abs(cell.start) * (first - cell.left) + std::abs(middle) * (second - first) +
                        std::abs(cell.end) * (cell.right - second);
  return {pieces, most * width};
}

double mean_in(const NumberView& view, std::size_t cell, double left, double right) {
  const std::int64_t count = view.counts[cell];
  return count == 0 ? left : std::clamp(view.sums[cell / 2] / static_cast<double>(count), left, right);
}

/// The sum over the open cells. The outermost ones end at the smallest and at the largest value of both.
MetricValue distance(const NumberView& reference, const NumberView& chunk) {
  const std::span<const double> edges = chunk.column->partition.edges();
  const double lowest = std::min(reference.state->moments.minimum, chunk.state->moments.minimum);
  const double highest = std::max(reference.state->moments.maximum, chunk.state->moments.maximum);
  const double reference_rows = static_cast<double>(reference.finite);
  const double chunk_rows = static_cast<double>(chunk.finite);
  std::int64_t below_reference = 0;
  std::int64_t below_chunk = 0;
  double start = 0;
  Area total;
  for (std::size_t at = 0; at < chunk.counts.size(); ++at) {
    below_reference += reference.counts[at];
    below_chunk += chunk.counts[at];
    const double end =
        static_cast<double>(below_reference) / reference_rows - static_cast<double>(below_chunk) / chunk_rows;
    const bool empty = reference.counts[at] == 0 && chunk.counts[at] == 0;
    if (at % 2 == 0 && !(empty && start == 0)) {
      const std::size_t open = at / 2;
      const double left = open == 0 ? std::min(lowest, edges[0]) : edges[open - 1];
      const double right = open == edges.size() ? std::max(highest, left) : edges[open];
      const Area area = area_of({left, right, start, end, static_cast<double>(reference.counts[at]) / reference_rows,
                                 static_cast<double>(chunk.counts[at]) / chunk_rows,
                                 mean_in(reference, at, left, right), mean_in(chunk, at, left, right)});
      total.value += area.value;
      total.error += area.error;
    }
    start = end;
  }
  MetricValue out = metrics::value_of(total.value);
  if (std::isfinite(total.error)) out.resolution = total.error;
  return out;
}

MetricValue compute(const MetricInput& input) {
  return metrics::with_number_pair(input, [](const NumberView& reference, const NumberView& chunk) {
    if (chunk.present() != chunk.finite) return MetricValue::undefined("infinite values in the chunk");
    if (reference.present() != reference.finite) return MetricValue::undefined("infinite values in the reference");
    return distance(reference, chunk);
  });
}

}  // namespace

LONGWATCH_METRIC(wasserstein)
const Metric metric_wasserstein = {
    .name = "wasserstein",
    .summary =
        "Mean distance, in the column's unit, that the reference's values would have to move to become the chunk's.",
    .source = "scipy.stats.wasserstein_distance",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::continuous,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
};

}  // namespace longwatch
