// The largest difference of a share that chance alone makes.
#include "engine/metrics/largest_null.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

namespace longwatch::metrics {

namespace {

constexpr int kGrid = 64;

/// How much of the second of two bins is on its own: none where the two hold everything.
double on_its_own(double first, double second) {
  const double tied = first * second / ((1 - first) * (1 - second));
  return std::sqrt(std::max(0.0, 1 - tied));
}

}  // namespace

double LargestNull::Group::tail(double value) const {
  if (differences.empty()) return std::erfc(value / (error * std::numbers::sqrt2));
  const auto found = std::upper_bound(differences.begin(), differences.end(), value * (1 - 1e-12), std::greater<>());
  return found == differences.begin() ? 0 : reached[static_cast<std::size_t>(found - differences.begin()) - 1];
}

LargestNull::LargestNull(const NullCells& cells, double n) {
  std::vector<CellGroup> groups;
  for (const CellGroup& group : cells.groups) {
    if (group.expected > 0) groups.push_back(group);
  }
  std::sort(groups.begin(), groups.end(),
            [](const CellGroup& a, const CellGroup& b) { return a.expected > b.expected; });
  double first = 0;
  std::size_t seen = 0;
  for (const CellGroup& group : groups) {
    const double share = group.expected / cells.rows;
    if (share >= 1) continue;
    Group out;
    out.cells = group.cells;
    if (seen == 0) {
      first = share;
      if (group.cells > 1) out.cells += on_its_own(share, share) - 1;
    } else if (seen == 1) {
      out.cells += on_its_own(first, share) - 1;
    }
    seen += static_cast<std::size_t>(group.cells);
    out.error = std::sqrt(share * (1 - share) * (1 / n + 1 / cells.rows));
    if (n * share < kEnumerated) {
      std::vector<std::pair<double, double>> counts;
      double total = 0;
      for_each_count(n, share, cells.rows, [&](double x, double weight) {
        counts.emplace_back(std::abs(x / n - group.count / cells.rows), weight);
        total += weight;
      });
      std::sort(counts.begin(), counts.end(), std::greater<>());
      double reached = 0;
      for (const auto& [difference, weight] : counts) {
        reached += weight / total;
        out.differences.push_back(difference);
        out.reached.push_back(reached);
      }
    }
    if (out.cells > 0) groups_.push_back(std::move(out));
  }
  integrate();
}

double LargestNull::tail(double value) const {
  if (groups_.empty()) return kNaN;
  double below = 0;
  for (const Group& group : groups_) below += group.cells * std::log1p(-std::min(group.tail(value), 1 - 1e-16));
  return -std::expm1(below);
}

/// Moments of the value and of its square, as integrals of the tail (trapezoids up to six errors).
void LargestNull::integrate() {
  if (groups_.empty()) return;
  double most = 0;
  for (const Group& group : groups_) most = std::max(most, 6 * group.error);
  double first = 0, second = 0, fourth = 0, sixth = 0;
  const double step = most / kGrid;
  for (int i = 0; i < kGrid; ++i) {
    const double t = (i + 0.5) * step;
    const double weight = tail(t) * step;
    first += weight;
    second += 2 * t * weight;
    fourth += 4 * t * t * t * weight;
    sixth += 6 * std::pow(t, 5) * weight;
  }
  moments_ = {first, std::max(0.0, second - first * first)};
  spread_.mean = second;
  spread_.variance = std::max(0.0, fourth - second * second);
  if (spread_.variance == 0) return;
  const double third = sixth - 3 * fourth * second + 2 * second * second * second;
  spread_.skewness = std::max(0.05, third / std::pow(spread_.variance, 1.5));
}

}  // namespace longwatch::metrics
