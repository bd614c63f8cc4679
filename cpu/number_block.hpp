#pragma once
// What the number kernel reads and writes: plain data only, because it is compiled once per vector level and nothing
// that the linker could share between those versions may appear in it.

#include <cstdint>

namespace longwatch::cpu {

/// Rows that the kernel takes at a time: what it keeps of them fits the first-level cache.
inline constexpr int kBlockRows = 512;

/// One slot of the first level of a cell table: base << 6 | shift, that is, where its slots of the second level begin,
/// and how many bits of the key to drop to choose one.
using CellBucket = std::uint32_t;

/// A borrowed CellTable (cell_table.hpp). Small types, as look-ups are bound by what the first-level cache holds.
struct CellView {
  double origin = 0;
  double low = 0;  ///< first and last edge, from the origin
  double high = 0;
  std::uint64_t first_key = 0;  ///< of `low`
  std::uint32_t shift = 0;
  std::uint32_t step = 0;  ///< first step of the search, a power of two; 0: the second level says it all
  const CellBucket* buckets = nullptr;
  const std::uint16_t* starts = nullptr;       ///< second level, where K < 65,536,
  const std::uint32_t* wide_starts = nullptr;  ///< and elsewhere
  const double* left = nullptr;          ///< by open cell: its left edge (-inf for 0); K + 1, then +inf to run into
  const std::uint16_t* units = nullptr;  ///< by open cell: the exponent bits of its fixed-point unit, a power of two
                                         ///< or 0
  std::uint32_t edges = 0;               ///< K
};

/// At most kBlockRows rows of a numeric column: rows[0 ... count) where `rows` is set, else [begin, begin + count).
struct NumberBlock {
  const void* values = nullptr;
  bool float32 = false;
  const std::uint8_t* validity = nullptr;
  std::int64_t bit_offset = 0;
  const std::int32_t* rows = nullptr;
  std::int64_t begin = 0;
  int count = 0;
};

/// Where a block is added. The first part belongs to the item; the second is what this one block leaves to its caller.
struct NumberTarget {
  CellView cells;
  double centre = 0;
  double scale = 1;
  std::int64_t* counts = nullptr;
  std::int64_t* sums = nullptr;
  std::uint8_t* touched = nullptr;
  bool all_touched = false;  ///< all flags of `touched` are set already
  std::uint8_t* registers = nullptr;
  std::int64_t nulls = 0;
  std::int64_t nans = 0;
  std::int64_t positive_inf = 0;
  std::int64_t negative_inf = 0;
  double minimum = 0;
  double maximum = 0;
  std::int64_t inside = 0;

  std::int64_t powers[4] = {0, 0, 0, 0};  ///< sums of the terms of the block's values inside the gate
  int outside = 0;
  int below = 0;
  int above = 0;
  double outside_scores[kBlockRows];  ///< y of the values outside the gate
  double below_values[kBlockRows];    ///< x of the values in the first and the last cell
  double above_values[kBlockRows];
};

using NumberKernel = void (*)(const NumberBlock&, NumberTarget&);
void number_block_portable(const NumberBlock& block, NumberTarget& target);
void number_block_avx2(const NumberBlock& block, NumberTarget& target);
void number_block_avx512(const NumberBlock& block, NumberTarget& target);

/// What a kernel does with the finite values of a block, part by part; x[0 ... n), n <= kBlockRows. For the benchmarks.
struct NumberParts {
  void (*histogram)(const double* x, int n, NumberTarget& target);
  void (*moments)(const double* x, int n, NumberTarget& target);  ///< and extremes
  void (*distinct)(const double* x, int n, NumberTarget& target);
};
const NumberParts& number_parts_portable();
const NumberParts& number_parts_avx2();
const NumberParts& number_parts_avx512();

/// The integer bits of a double, so that they increase with the value. Not for NaN.
__attribute__((always_inline)) inline std::uint64_t ordered_key(double x) {
  std::uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  const std::uint64_t sign = bits >> 63;
  return bits ^ ((0 - sign) | (std::uint64_t{1} << 63));
}

}  // namespace longwatch::cpu
