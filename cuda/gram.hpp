#pragma once
// What the two ways to a Gram matrix have in common: z in units, totals, and rows beyond the gate.

#include <cstdint>
#include <vector>

#include "cuda/atomics.hpp"
#include "cuda/encoded.hpp"
#include "cuda/pieces.hpp"

namespace longwatch::cuda {

inline constexpr std::int64_t kExactRows = 512;  ///< whose coarse products sum exactly: 2^44 each, in units
inline constexpr int kProductShift = 18;         ///< from coarse products to mixed ones
inline constexpr std::uint64_t kLowBits = (std::uint64_t{1} << 40) - 1;

/// Adds |value| <= 2^72, at most 2^24 times.
LW_DEVICE void add_narrow(WideTotal& total, int128 value) {
  if (value == 0) return;
  atomic_add(&total.low, static_cast<std::uint64_t>(value) & kLowBits);
  atomic_add(&total.middle, static_cast<std::int64_t>(value >> 40));
}

/// z as whole numbers of units: coarse 2^18 + rest, in units of 2^-36.
struct Units {
  double coarse;
  double rest;
};

LW_DEVICE Units units_of(double z) {
  const double fine = row::gram_z(z);
  const double coarse = row::gram_coarse(fine);
  return {coarse * row::kGramCoarseUnit, (fine - coarse) * row::kGramUnit};
}

/// Rows beyond the gate.
struct WideList {
  std::uint32_t* features;  ///< by row: how many of its z are wide; all zero at first
  std::int64_t* rows;
  std::int64_t* count;
};

struct GramLaunch {
  const DeviceFeature* features;
  std::int64_t count;
  std::int64_t begin;
  WideList wide;
  Pieces pieces;
  WideTotal* sums;
  WideTotal* products;
};

/// Adds `rows` rows but the wide ones, by matrix products of the context's cuBLAS (gram_blas.cu). Waits.
void add_products(Context& context, Run& run, const GramLaunch& gram, std::int64_t rows);

}  // namespace longwatch::cuda
