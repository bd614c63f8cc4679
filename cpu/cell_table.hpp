#pragma once
// Finds the cell of a value in two table look-ups and a few comparisons instead of a search over all edges.

#include <vector>

#include "cpu/number_block.hpp"
#include "engine/backend/backend.hpp"

namespace longwatch::cpu {

/// How long the arrays of a CellView are, for whoever copies them.
struct CellSizes {
  std::size_t buckets = 0;
  std::size_t starts = 0;       ///< 0 where null
  std::size_t wide_starts = 0;
  std::size_t left = 0;
  std::size_t units = 0;
};

/// An index over the edges of a Partition. A value's key is the integer bits of (x - origin), which never decrease as x
/// grows; the top bits of the key choose a bucket, each bucket drops bits of its own to choose a start, and from there
/// the answer lies within the next `2 step - 1` edges. So the result is Partition::cell_of's to the last bit, whatever
/// the edges; how they lie only decides the number of steps: 1 or 2 for what a reference gives.
class CellTable final : public PreparedPlan {
 public:
  /// Copies what it needs of `partition`. At most 2^24 edges, else a configuration error. O(K), some tens of
  /// microseconds for 1,400 edges; with `indexed` false: one bucket and a search over all edges, made in a microsecond.
  static Result<CellTable> make(const Partition& partition, bool indexed = true);
  [[nodiscard]] CellView view() const;
  [[nodiscard]] CellSizes sizes() const {
    return {buckets_.size(), narrow_starts_.size(), starts_.size(), left_.size(), units_.size()};
  }
  /// The longest search, in comparisons.
  [[nodiscard]] int steps() const;

 private:
  explicit CellTable(double origin) : origin_(origin) {}
  void index(std::span<const double> edges);
  void index_bucket(std::span<const double> edges, std::uint64_t bucket, std::uint32_t first, std::uint32_t last);
  void pad(const Partition& partition);

  double origin_ = 0;
  double low_ = 0;
  double high_ = 0;
  std::uint64_t first_key_ = ordered_key(0);
  std::uint32_t shift_ = 0;
  std::uint32_t most_ = 0;  // edges that one start leaves open
  std::vector<CellBucket> buckets_;
  std::vector<std::uint32_t> starts_;  // as built; emptied where narrow_starts_ holds them
  std::vector<std::uint16_t> narrow_starts_;
  std::vector<double> left_;
  std::vector<std::uint16_t> units_;
  std::uint32_t edges_ = 0;
};

}  // namespace longwatch::cpu
