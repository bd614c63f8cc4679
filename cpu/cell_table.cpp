// Builds the index over a partition's edges.

#include "cpu/cell_table.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <utility>

namespace longwatch::cpu {
namespace {

constexpr std::uint32_t kBuckets = 4096;       // of the first level, at most
constexpr std::uint32_t kBucketStarts = 4096;  // of the second level within one bucket, at most
constexpr std::size_t kStarts = 65'536;        // of the second level, where another slot may be asked for
constexpr std::size_t kMaxEdges = std::size_t{1} << 24;

}  // namespace

/// Lets each second-level slot of a bucket leave at most one edge open, as far as kBucketStarts slots can. The bucket
/// holds edges [first, last).
void CellTable::index_bucket(std::span<const double> edges, std::uint64_t bucket, std::uint32_t first,
                             std::uint32_t last) {
  const auto base = static_cast<std::uint32_t>(starts_.size());
  const auto offset = [&](std::uint32_t edge) {
    return ordered_key(edges[edge] - origin_) - first_key_ - (bucket << shift_);
  };
  const std::uint32_t held = last - first;
  std::uint32_t bits =
      held == 0 ? 0 : std::min<std::uint32_t>(shift_, static_cast<std::uint32_t>(std::bit_width(held)));
  std::uint32_t most = held;
  for (; held != 0; ++bits) {
    most = 0;
    std::uint32_t run = 0;
    for (std::uint32_t edge = first; edge < last; ++edge) {
      const bool same = edge > first && offset(edge) >> (shift_ - bits) == offset(edge - 1) >> (shift_ - bits);
      run = same ? run + 1 : 1;
      most = std::max(most, run);
    }
    const std::size_t more = std::size_t{2} << bits;
    if (most == 1 || bits == shift_ || more > kBucketStarts || base + more > kStarts) break;
  }
  most_ = std::max(most_, most);
  buckets_.push_back(base << 6 | (shift_ - bits));
  std::uint32_t edge = first;
  for (std::uint64_t slot = 0; slot < std::uint64_t{1} << bits; ++slot) {
    while (edge < last && offset(edge) >> (shift_ - bits) < slot) ++edge;
    starts_.push_back(edge);
  }
}

void CellTable::index(std::span<const double> edges) {
  low_ = edges.front() - origin_;
  high_ = edges.back() - origin_;
  first_key_ = ordered_key(low_);
  const std::uint64_t range = ordered_key(high_) - first_key_;
  while (range >> shift_ >= kBuckets) ++shift_;
  std::uint32_t edge = 0;
  for (std::uint64_t bucket = 0; bucket <= range >> shift_; ++bucket) {
    const std::uint32_t first = edge;
    while (edge < edges.size() && (ordered_key(edges[edge] - origin_) - first_key_) >> shift_ == bucket) ++edge;
    index_bucket(edges, bucket, first, edge);
  }
}

void CellTable::pad(const Partition& partition) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::span<const double> edges = partition.edges();
  edges_ = static_cast<std::uint32_t>(edges.size());
  left_.reserve(edges.size() + 1 + std::max<std::size_t>(1, 2 * std::size_t{most_}));
  left_.push_back(-kInfinity);
  left_.insert(left_.end(), edges.begin(), edges.end());
  left_.resize(left_.capacity(), kInfinity);
  for (std::size_t i = 0; i <= edges.size(); ++i)
    units_.push_back(static_cast<std::uint16_t>(std::bit_cast<std::uint64_t>(partition.unit(i)) >> 52));
  if (edges.size() > std::numeric_limits<std::uint16_t>::max()) return;
  narrow_starts_.assign(starts_.begin(), starts_.end());
  starts_ = {};
}

Result<CellTable> CellTable::make(const Partition& partition, bool indexed) {
  const std::span<const double> edges = partition.edges();
  if (edges.size() > kMaxEdges) {
    std::string what =
        "a partition of " + std::to_string(edges.size()) + " edges is more than the 16777216 a column may have";
    return Error{ErrorCode::configuration, std::move(what), {}, "ask for fewer bins"};
  }
  CellTable table(0);
  if (edges.empty() || !indexed) {
    table.buckets_.push_back(0);
    table.starts_.push_back(0);
    table.most_ = static_cast<std::uint32_t>(edges.size());
  } else {
    table.index(edges);
    // Values far from zero share their top bits: there the distance from the median edge tells them apart.
    CellTable shifted(edges[edges.size() / 2]);
    if (table.steps() > 1) shifted.index(edges);
    if (table.steps() > 1 && shifted.steps() < table.steps()) table = std::move(shifted);
  }
  table.pad(partition);
  return table;
}

int CellTable::steps() const { return static_cast<int>(std::bit_width(most_)); }

CellView CellTable::view() const {
  CellView view;
  view.origin = origin_;
  view.low = low_;
  view.high = high_;
  view.first_key = first_key_;
  view.shift = shift_;
  view.step = std::bit_floor(most_);
  view.buckets = buckets_.data();
  view.starts = narrow_starts_.empty() ? nullptr : narrow_starts_.data();
  view.wide_starts = starts_.data();
  view.left = left_.data();
  view.units = units_.data();
  view.edges = edges_;
  return view;
}

}  // namespace longwatch::cpu
