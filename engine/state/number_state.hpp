#pragma once
// The state of one cell of a numeric column: counts, moments, histogram and distinct values.
// All content is integers (or exact sums), so merge is associative and commutative to the last bit.

#include <cstdint>
#include <limits>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/state/bytes.hpp"
#include "engine/state/exact_sum.hpp"
#include "engine/state/partition.hpp"
#include "engine/state/row.hpp"

namespace longwatch {

/// Rows by what they hold. rows == nulls + nans + positive_inf + negative_inf + finite().
struct CountsState {
  std::int64_t rows = 0;
  std::int64_t nulls = 0;
  std::int64_t nans = 0;
  std::int64_t positive_inf = 0;
  std::int64_t negative_inf = 0;

  [[nodiscard]] std::int64_t missing() const { return nulls + nans; }
  [[nodiscard]] std::int64_t finite() const { return rows - nulls - nans - positive_inf - negative_inf; }
  void merge(const CountsState& other);
  bool operator==(const CountsState&) const = default;
  void serialize(ByteWriter& out) const;
  static Result<CountsState> deserialize(ByteReader& in);
};

/// Where and how wide a column is, from its reference: a finite centre and a power-of-two scale (see
/// row::standard_score).
struct MomentsPlan {
  double centre = 0;
  double scale = 1;
  bool operator==(const MomentsPlan&) const = default;
};

/// Minimum, maximum and the sums of powers 1 to 4 of y = (x - centre) * scale over the finite values.
struct MomentsState {
  double minimum = std::numeric_limits<double>::infinity();  ///< +inf where there are no finite values; -0 is 0
  double maximum = -std::numeric_limits<double>::infinity();
  std::int64_t inside = 0;        ///< values with |y| <= row::kGate
  int128 sums[4] = {0, 0, 0, 0};  ///< of y^k over them, in units of 2^-row::kPowerBits[k - 1]
  std::int64_t outside = 0;       ///< the other finite values,
  ExactSum tails[4];              ///< and the exact sums of their y^k, each power rounded once per multiplication

  void merge(const MomentsState& other);
  bool operator==(const MomentsState& other) const;
  void serialize(ByteWriter& out) const;
  static Result<MomentsState> deserialize(ByteReader& in);

  /// Sum of y^k over all finite values (k = 1 ... 4); +-inf where a power overflowed.
  [[nodiscard]] double power_sum(int k) const;
};

/// Derived quantities; `n` is the number of finite values. NaN where n is too small (the sum of none is 0), infinite or
/// NaN where values or powers overflow. Exactly 0 spread where all values are equal. Source: the definitions, in
/// double-double arithmetic on the exact sums; the rounding of the terms leaves at most 3e-11 / scale^2 in the variance
/// inside the gate, and 1e-9 / scale^2 for values a thousand times 1 / scale from the centre.
struct Moments {
  std::int64_t n = 0;
  double mean = 0;
  double sum = 0;
  double variance = 0;  ///< with n - 1
  double third = 0;     ///< central moments with n
  double fourth = 0;
};
Moments moments_of(const MomentsState& state, const MomentsPlan& plan);

/// What one backend item adds: dense counters, zero before and after use. `touched[c / 64]` is set for every counter
/// group that is not zero, so that small items cost little.
struct HistogramPartial {
  std::vector<std::int64_t> counts;   ///< by cell, 2K + 1
  std::vector<std::int64_t> sums;     ///< by open cell, K + 1
  std::vector<std::uint8_t> touched;  ///< by 64 cells
  ExactSum below;                     ///< sum of the values in cell 0
  ExactSum above;                     ///< sum of the values in cell 2K
  /// Zeroes, and makes room for a partition of `cells` cells. O(touched groups) where the size stays.
  void resize(std::size_t cells);
  /// Zeroes. O(touched groups).
  void clear();
};

/// Counts per cell of the column's partition, and per open cell the sum of offsets from its left edge. Holds fewer than
/// 2^31 rows (checked by whoever adds). Sparse while few cells are occupied. What is added or merged belongs to one
/// partition.
class HistogramState {
 public:
  struct Entry {
    std::uint32_t cell = 0;
    std::int64_t count = 0;
    std::int64_t sum = 0;  ///< 0 for atoms and the outermost cells
    bool operator==(const Entry&) const = default;
  };

  void add(const HistogramPartial& partial);
  void merge(const HistogramState& other);
  bool operator==(const HistogramState& other) const;
  void serialize(ByteWriter& out) const;
  /// Fails on cells out of order, at or beyond `cells`, or negative counts.
  static Result<HistogramState> deserialize(ByteReader& in, std::size_t cells);

  /// Calls f(cell, count, sum) for every occupied cell, in increasing order.
  template <class F>
  void for_each(F&& f) const {
    for (const Entry& entry : entries_) f(entry.cell, entry.count, entry.sum);
    for (std::size_t cell = 0; cell < counts_.size(); ++cell) {
      if (counts_[cell] != 0) f(static_cast<std::uint32_t>(cell), counts_[cell], cell % 2 == 0 ? sums_[cell / 2] : 0);
    }
  }
  [[nodiscard]] const ExactSum& below() const { return below_; }
  [[nodiscard]] const ExactSum& above() const { return above_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  void merge_entries(const std::vector<Entry>& added);
  void become_dense();
  std::size_t cells_ = 0;             // of the partition; 0 while nothing was added
  std::vector<Entry> entries_;        // sparse form, by cell, while at most a quarter of the cells
  std::vector<std::int64_t> counts_;  // dense form, 2K + 1
  std::vector<std::int64_t> sums_;    // dense form, K + 1
  ExactSum below_;
  ExactSum above_;
};

/// HyperLogLog with 4,096 registers (Flajolet et al. 2007), read by the improved estimator of Ertl (2017, "New
/// cardinality estimation algorithms for HyperLogLog sketches"), without bias from 0 to 2^52. Standard error at
/// most 1.6 %.
class DistinctState {
 public:
  /// `registers`: row::kDistinctRegisters ranks.
  void add(const std::uint8_t* registers);
  void add_hash(std::uint64_t hash);
  void merge(const DistinctState& other);
  [[nodiscard]] double estimate() const;
  static constexpr double kRelativeError = 0.01625;
  bool operator==(const DistinctState& other) const;
  void serialize(ByteWriter& out) const;
  static Result<DistinctState> deserialize(ByteReader& in);
  [[nodiscard]] std::size_t bytes() const { return sparse_.capacity() * 4 + dense_.capacity(); }

 private:
  static constexpr std::size_t kMostSparse = 512;
  void merge_sparse(const std::vector<std::uint32_t>& added);
  void become_dense();
  std::vector<std::uint32_t> sparse_;  // register << 8 | rank, by register, while at most kMostSparse
  std::vector<std::uint8_t> dense_;    // 4,096 ranks
};

/// The whole state of one cell of a numeric column.
struct NumberState {
  CountsState counts;
  MomentsState moments;
  HistogramState histogram;
  DistinctState distinct;

  void merge(const NumberState& other);
  bool operator==(const NumberState&) const = default;
  void serialize(ByteWriter& out) const;
  /// Fails as the parts do, and where moments or histogram do not hold exactly counts.finite() values.
  static Result<NumberState> deserialize(ByteReader& in, std::size_t cells);
};

}  // namespace longwatch
