// Highway's vectorised quicksort does the sorting: its result, plain numbers in order, is the same on every machine.
#include "engine/profile/order.hpp"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <bit>

#include "engine/base/result.hpp"

namespace longwatch {
namespace {

// An integer that increases with the value. (Highway 1.0.3 puts doubles of tiny magnitude out of order; integers it
// sorts right.)
std::int64_t order_key(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits ^ ((bits >> 63) & INT64_MAX);
}

double value_of(std::int64_t key) { return std::bit_cast<double>(key ^ ((key >> 63) & INT64_MAX)); }

}  // namespace

void sort_values(std::vector<double>& values) {
  // In place: the keys take the values' room. The library's own code reads them, so no access here breaks aliasing.
  for (double& value : values) value = std::bit_cast<double>(order_key(value + 0.0));  // -0 + 0 is 0
  hwy::Sorter()(reinterpret_cast<std::int64_t*>(values.data()), values.size(), hwy::SortAscending());
  for (double& value : values) value = value_of(std::bit_cast<std::int64_t>(value));
}

std::size_t quantile_rank(std::int64_t part, std::int64_t parts, std::size_t n) {
  const int128 twice = 2 * static_cast<int128>(part) * static_cast<int128>(n - 1) + parts;
  return static_cast<std::size_t>(twice / (2 * static_cast<int128>(parts)));
}

std::vector<double> decile_edges(std::span<const double> sorted) {
  std::vector<double> edges;
  for (int i = 1; i <= 9 && !sorted.empty(); ++i) {
    const double edge = sorted[quantile_rank(i, 10, sorted.size())];
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  return edges;
}

void make_distinct(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace longwatch
