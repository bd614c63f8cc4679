// Histogram edges by Doane's rule, step by step as NumPy 2.4 computes them (numpy/lib/_histograms_impl.py).
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/profile/fit_columns.hpp"

namespace longwatch {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();

// _hist_bin_doane: the width of a bin, 0 where there is none.
double doane_width(const Spread& spread, double range) {
  if (spread.n <= 2 || !(static_cast<double>(spread.deviation) > 0)) return 0;
  const auto n = static_cast<double>(spread.n);
  const double sg1 = std::sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3)));
  return range / (1.0 + std::log2(n) + std::log2(1.0 + std::abs(spread.skewness) / sg1));
}

int bin_count(double range, double width) { return width > 0 ? static_cast<int>(std::ceil(range / width)) : 1; }

// np.linspace(first, last, bins + 1).
std::vector<double> even_edges(double first, double last, int bins) {
  std::vector<double> edges;
  const double range = last - first;
  const double step = range / bins;
  for (int i = 0; i < bins; ++i) {
    const double offset = step == 0 ? i / static_cast<double>(bins) * range : i * step;
    edges.push_back(std::min(last, offset + first));
  }
  edges.push_back(last);
  return edges;
}

// A range that overflows (NumPy fails there): the same on half the scale.
std::vector<double> wide_edges(std::span<const double> sorted, const Spread& spread) {
  const double first = sorted.front() / 2;
  const double last = sorted.back() / 2;
  std::vector<double> edges = even_edges(first, last, bin_count(last - first, doane_width(spread, last - first)));
  for (double& edge : edges) edge *= 2;
  return edges;
}

}  // namespace

std::vector<double> doane_edges(std::span<const double> sorted, const Spread& spread, bool integer) {
  if (sorted.empty()) return {};
  double first = sorted.front();
  double last = sorted.back();
  if (!std::isfinite(last - first)) return wide_edges(sorted, spread);
  double width = doane_width(spread, last - first);
  if (first == last) {
    // Half a unit on either side; beyond 2^52, where NumPy fails, the neighbouring numbers.
    first = std::max(-kLargest, std::min(last - 0.5, std::nextafter(last, -kLargest)));
    last = std::min(kLargest, std::max(last + 0.5, std::nextafter(last, kLargest)));
  }
  if (integer && width > 0 && width < 1) width = 1;
  std::vector<double> edges = even_edges(first, last, bin_count(last - first, width));
  // Where a bin is narrower than the spacing of doubles (NumPy fails there) edges coincide.
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

}  // namespace longwatch
