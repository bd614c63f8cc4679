// Chooses the edges of a numeric column.
#include <algorithm>
#include <cmath>
#include <queue>

#include "engine/profile/fit_columns.hpp"
#include "engine/profile/order.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kExtremes = 64;   // order statistics kept on each side
constexpr int kTailSteps = 16;          // geometric ranks per doubling, from there inwards
constexpr std::size_t kTailShare = 64;  // up to 1/64 of the values
constexpr int kGapEdges = 256;          // put into the widest gaps

// The distinct values where there are at most `limit`, else nothing.
std::vector<double> few_distinct(std::span<const double> sorted, std::size_t limit) {
  std::vector<double> out;
  for (const double x : sorted) {
    if (!out.empty() && out.back() == x) continue;
    if (out.size() == limit) return {};
    out.push_back(x);
  }
  return out;
}

std::vector<double> order_statistics(std::span<const double> sorted, std::int64_t quantiles) {
  const std::size_t n = sorted.size();
  std::vector<double> out;
  for (std::int64_t i = 0; i <= quantiles; ++i) out.push_back(sorted[quantile_rank(i, quantiles, n)]);
  const auto both_sides = [&](std::size_t rank) {
    out.push_back(sorted[rank]);
    out.push_back(sorted[n - 1 - rank]);
  };
  for (std::size_t rank = 0; rank < std::min(kExtremes, n); ++rank) both_sides(rank);
  for (int k = 0;; ++k) {
    const double doublings = k / static_cast<double>(kTailSteps);
    const auto rank = static_cast<std::size_t>(static_cast<double>(kExtremes) * std::exp2(doublings));
    if (rank >= n / kTailShare) break;
    both_sides(rank);
  }
  return out;
}

// Halves the widest gaps between `edges` (sorted) until kGapEdges more are there: where a chunk's values fall into a
// gap and its distribution crosses the reference's, Wasserstein is known to the gap's width. Gaps of integers are cut
// at integers.
void split_wide_gaps(std::vector<double>& edges) {
  struct Gap {
    double left, right;
    bool operator<(const Gap& other) const {
      const double a = right - left;
      const double b = other.right - other.left;
      return a != b ? a < b : left > other.left;
    }
  };
  std::priority_queue<Gap> gaps;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) gaps.push({edges[i], edges[i + 1]});
  const bool integers = std::all_of(edges.begin(), edges.end(), [](double x) { return std::floor(x) == x; });
  for (int added = 0; added < kGapEdges && !gaps.empty();) {
    const auto [left, right] = gaps.top();
    gaps.pop();
    const double middle = integers ? std::floor(left / 2 + right / 2) : left / 2 + right / 2;
    if (!(left < middle && middle < right)) continue;
    edges.push_back(middle);
    gaps.push({left, middle});
    gaps.push({middle, right});
    ++added;
  }
}

}  // namespace

Partition fit_partition(std::span<const double> sorted, std::span<const double> doane, std::int64_t quantiles) {
  if (sorted.empty()) return {};
  quantiles = std::max<std::int64_t>(quantiles, 1);
  const double minimum = sorted.front();
  const double maximum = sorted.back();
  std::vector<double> edges = few_distinct(sorted, static_cast<std::size_t>(quantiles));
  if (edges.empty()) edges = order_statistics(sorted, quantiles);
  make_distinct(edges);
  split_wide_gaps(edges);
  const std::vector<double> deciles = decile_edges(sorted);
  edges.insert(edges.end(), deciles.begin(), deciles.end());
  edges.insert(edges.end(), doane.begin(), doane.end());
  const std::vector<double> beyond = edges_beyond(minimum, maximum);
  edges.insert(edges.end(), beyond.begin(), beyond.end());
  for (double& edge : edges) edge += 0.0;  // -0 is 0
  make_distinct(edges);
  const auto place = [&](double x) {
    return static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), x) - edges.begin());
  };
  const std::size_t first = place(minimum);
  const std::size_t last = place(maximum);
  return Partition::make(std::move(edges), first, last).value();
}

}  // namespace longwatch
