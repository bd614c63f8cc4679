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
  buckets_.push_back(std::uint64_t{base} << 6 | (shift_ - bits));
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
  const std::size_t padded = edges.size() + 1 + std::max<std::size_t>(1, 2 * std::size_t{most_});
  open_.reserve(padded);
  open_.push_back({-kInfinity, 0});
  for (std::size_t i = 0; i < edges.size(); ++i) open_.push_back({edges[i], partition.unit(i + 1)});
  open_.resize(padded, {kInfinity, 0});
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
  return {origin_,         low_,           high_,        first_key_, shift_, std::bit_floor(most_),
          buckets_.data(), starts_.data(), open_.data(), edges_};
}

}  // namespace longwatch::cpu
