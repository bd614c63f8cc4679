#pragma once
// The formula for one row, once for every backend. Compiled by g++ and by nvcc; IEEE add, multiply, compare and integer
// operations only, so that every backend and vector width gives the same bits.

#include <cstdint>

#if defined(__CUDACC__)
#define LW_ROW __host__ __device__ inline
#else
#define LW_ROW inline
#endif

namespace longwatch::row {

/// Moments: y = (x - centre) * scale, scale a power of two; the fixed-point path holds |y| <= kGate.
inline constexpr double kGate = 8;
/// Fraction bits of the sums of y, y^2, y^3, y^4: a term is at most 2^42, so that 2^20 of them fit 63 bits.
inline constexpr int kPowerBits[4] = {39, 36, 33, 30};
/// Terms that an int64 partial may take before it is added to the 128-bit sum.
inline constexpr std::int64_t kFlushRows = std::int64_t{1} << 20;

/// Powers, inside the gate and in the tails: y2 = y * y, y3 = y2 * y, y4 = y2 * y2. Minimum and maximum are of x + 0.0
/// (-0 is 0).
LW_ROW double standard_score(double x, double centre, double scale) { return (x - centre) * scale; }
/// True where the value takes the fixed-point path. False for NaN.
LW_ROW bool in_gate(double y) { return y >= -kGate && y <= kGate; }
/// Nearest integer (ties to even) of |v| < 2^51, by the 1.5 * 2^52 trick.
LW_ROW double round_small(double v) { return (v + 6755399441055744.0) - 6755399441055744.0; }
LW_ROW std::int64_t power_term(double y_power, double unit) {
  return static_cast<std::int64_t>(round_small(y_power * unit));
}

/// Histogram: distance of x from the left edge of its open cell, in the cell's fixed-point unit (at most 2^32).
LW_ROW std::int64_t offset_term(double x, double left, double unit) {
  return static_cast<std::int64_t>(round_small((x - left) * unit));
}

/// Distinct values: register and rank of a 64-bit hash (HyperLogLog, Flajolet et al. 2007), 2^12 registers. Every value
/// that is neither null nor NaN counts, infinities too.
inline constexpr int kDistinctBits = 12;
inline constexpr int kDistinctRegisters = 1 << kDistinctBits;
LW_ROW std::uint32_t distinct_register(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> (64 - kDistinctBits));
}
LW_ROW std::uint8_t distinct_rank(std::uint64_t hash) {
  std::uint64_t rest = (hash << kDistinctBits) | (std::uint64_t{1} << (kDistinctBits - 1));
  std::uint8_t rank = 1;
#if defined(__CUDA_ARCH__)
  rank = static_cast<std::uint8_t>(__clzll(static_cast<long long>(rest)) + 1);
#elif defined(__GNUC__)
  rank = static_cast<std::uint8_t>(__builtin_clzll(rest) + 1);
#else
  while ((rest >> 63) == 0) {
    rest <<= 1;
    ++rank;
  }
#endif
  return rank;
}

/// Linear algebra. z is a standardised feature; kernels round it so that products and sums are exact in double.
inline constexpr double kZGate = 16;               ///< rows with a larger |z| take the exact path
inline constexpr double kZLimit = 274877906944.0;  ///< 2^38: a larger |z| counts as this
/// z of a number; `missing` where x is NaN or infinite, or z is NaN (infinity times an `inverse` of 0).
LW_ROW double encode_z(double x, double mean, double inverse, double missing) {
  const double z = (x - mean) * inverse;
  const double clamped = z > kZLimit ? kZLimit : (z < -kZLimit ? -kZLimit : z);
  return (x - x == 0 && z == z) ? clamped : missing;
}

/// Gram matrix: z to 2^-36, as a coarse part to 2^-18 and a fine rest; the product of two rests is left out (2^-38).
/// The coarse part alone is not enough: a column of few values has the same rounding error in every row.
inline constexpr double kGramUnit = 68719476736.0;   ///< 2^36
inline constexpr double kGramCoarseUnit = 262144.0;  ///< 2^18
inline constexpr double kGramLimit = 32768;          ///< a larger |z| counts as this; a reference of 2^30 rows has none
LW_ROW double gram_z(double z) {
  const double clamped = z > kGramLimit ? kGramLimit : (z < -kGramLimit ? -kGramLimit : z);
  return round_small(clamped * kGramUnit) * (1 / kGramUnit);
}
LW_ROW double gram_coarse(double z) { return round_small(z * kGramCoarseUnit) * (1 / kGramCoarseUnit); }

/// Reconstruction error: z to 2^-20.
inline constexpr double kErrorUnit = 1048576.0;  ///< 2^20
/// Features whose products with a basis sum exactly, in any order: parts of so many are added in their order.
inline constexpr std::int64_t kExactFeatures = 32;
LW_ROW double error_z(double z) { return round_small(z * kErrorUnit) * (1 / kErrorUnit); }

/// Scores. A class as a row holds it: 0 negative, 1 positive, or none of them.
inline constexpr std::int16_t kNoClass = -1;
/// False for NaN.
LW_ROW bool usable_score(double score) { return score >= 0 && score <= 1; }
/// The key of a row with a usable score: prediction (by the cut-off where the row has none) * 3 + label (2: unknown).
LW_ROW int score_code(double score, double cutoff, std::int16_t prediction, std::int16_t label) {
  const bool predicted = prediction == kNoClass ? score >= cutoff : prediction == 1;
  return (predicted ? 3 : 0) + (label == kNoClass ? 2 : label);
}

}  // namespace longwatch::row
