#pragma once
// Where a number goes: the cell of a value, and integer keys in the order of the values.

#include <cstdint>
#include <cstring>

#include "cuda/abi.hpp"
#include "cuda/launch.hpp"
#include "engine/state/row.hpp"

namespace longwatch::cuda {

LW_DEVICE std::uint64_t bits_of(double x) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

LW_DEVICE double double_of(std::uint64_t bits) {
  double x = 0;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/// The integer bits of a double, so that they increase with the value; never 0. Not for NaN.
LW_DEVICE std::uint64_t ordered_key(double x) {
  const std::uint64_t bits = bits_of(x);
  return bits ^ ((0 - (bits >> 63)) | (std::uint64_t{1} << 63));
}

/// The double of an ordered_key.
inline double from_ordered_key(std::uint64_t key) {
  const std::uint64_t bits = (key >> 63) != 0 ? key ^ (std::uint64_t{1} << 63) : ~key;
  double x = 0;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/// 2^row::kPowerBits[k].
template <int k>
LW_DEVICE double power_unit() {
  constexpr auto kUnit = static_cast<double>(1LL << row::kPowerBits[k]);
  return kUnit;
}

/// Where a finite value goes: the open cell it lies in, or at the left of which it is an atom. Small, so that a thread
/// can hold several.
struct CellPlace {
  double left;
  std::uint32_t open;
  std::uint16_t unit;  ///< the exponent bits of what offsets are counted in
  bool atom;

  /// The cell of a Partition.
  LW_DEVICE std::uint32_t cell() const { return 2 * open - (atom ? 1 : 0); }
  /// Below or above all edges: kept as an exact sum.
  LW_DEVICE bool outermost(const CellIndex& cells) const { return open == 0 || (open == cells.edges && !atom); }
  /// What the value adds to the sum of its open cell.
  LW_DEVICE std::int64_t term(double x) const {
    return row::offset_term(x, left, double_of(static_cast<std::uint64_t>(unit) << 52));
  }
};

/// The same two look-ups and comparisons as cpu/numbers_kernel.hpp: Partition::cell_of to the last bit.
LW_DEVICE CellPlace cell_place(const CellIndex& cells, double x) {
  const double from = x - cells.origin;
  const double above = from < cells.low ? cells.low : from;
  const double between = above > cells.high ? cells.high : above;
  const std::uint64_t key = ordered_key(between) - cells.first_key;
  const std::uint32_t bucket = cells.buckets[key >> cells.shift];
  const std::uint64_t rest = key & ((std::uint64_t{1} << cells.shift) - 1);
  const std::uint64_t slot = (bucket >> 6) + (rest >> (bucket & 63));
  std::uint32_t open = cells.starts != nullptr ? cells.starts[slot] : cells.wide_starts[slot];
  for (std::uint32_t step = cells.step; step != 0; step >>= 1) open += cells.left[open + step] <= x ? step : 0;
  const double left = cells.left[open];
  return {left, open, cells.units[open], left == x};
}

}  // namespace longwatch::cuda
