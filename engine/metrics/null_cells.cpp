// What chance alone does to distances that are sums over bins or categories.
#include "engine/metrics/null_cells.hpp"

#include <algorithm>
#include <cmath>

#include "engine/metrics/gamma.hpp"

namespace longwatch::metrics {

NullCells NullCells::of(std::span<const std::int64_t> counts, std::int64_t extra, double extra_expected) {
  std::vector<std::int64_t> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end());
  NullCells out;
  const double beside = static_cast<double>(extra);
  out.groups.push_back({beside, std::max(beside, extra_expected), 1});
  out.rows = beside;
  double alone = 0;
  double empty = 0;
  for (std::size_t i = 0; i < sorted.size();) {
    const std::size_t first = i;
    while (i < sorted.size() && sorted[i] == sorted[first]) ++i;
    const double count = static_cast<double>(sorted[first]);
    const double cells = static_cast<double>(i - first);
    out.rows += count * cells;
    out.groups.push_back({count, count, cells});
    if (sorted[first] == 0) empty = cells;
    if (sorted[first] == 1) alone = cells;
  }
  if (empty == 0) alone = 0;
  const double total = alone + out.groups.front().expected - beside + out.rows;
  for (CellGroup& group : out.groups) {
    if (&group != &out.groups.front() && group.count == 0) group.expected = alone / empty;
    group.expected *= out.rows / total;
  }
  return out;
}

void MultinomialSum::add(const CellMoments& cell, double share, double cells) {
  if (share >= 1) {
    mean_ += cells * cell.mean;
    return;
  }
  const double expected = n_ * share;
  const double variance = expected * (1 - share) * inflation_;
  const double odds = share / (1 - share);
  mean_ += cells * cell.mean;
  residual_ += cells * (cell.variance - cell.slope * cell.slope * variance);
  slope_squares_ += cells * cell.slope * cell.slope * expected;
  slopes_ += cells * cell.slope * expected;
  curves_ += cells * cell.curve * odds;
  curve_squares_ += cells * cell.curve * cell.curve * odds * odds;
}

double MultinomialSum::variance() const {
  const double linear = inflation_ * (slope_squares_ - slopes_ * slopes_ / n_);
  const double curved = 2 * (curves_ * curves_ - curve_squares_);
  return std::max(0.0, residual_ + linear + curved);
}

double null_tail(const NullSpread& null, double square) {
  if (!(null.mean > 0) || !(null.variance > 0)) return kNaN;
  const double deviation = std::sqrt(null.variance);
  const double skewness = std::isnan(null.skewness) ? 2 * deviation / null.mean : null.skewness;
  const double shape = 4 / (skewness * skewness);
  const double scale = deviation * skewness / 2;
  const double x = (square - null.mean) / scale + shape;
  return upper_gamma(std::min(shape, 1e6), std::max(0.0, x));
}

}  // namespace longwatch::metrics
