#pragma once
// Where a term of an exact sum goes, once for every backend: a slot for 32 exponents, and the term in the slot's unit.

#include <cstdint>
#include <cstring>

#include "engine/base/result.hpp"
#include "engine/state/row.hpp"

namespace longwatch::row {

inline constexpr int kExactSlots = 64;
inline constexpr int kExactSlotBits = 32;
/// Slot s counts units of 2^(32 s - 1075).
inline constexpr int kExactUnitExponent = 1075;

/// Terms that have no slot, counted apart.
enum ExactSpecial : int { kPositiveInf, kNegativeInf, kNaNTerm, kExactSpecials };

struct ExactTerm {
  int slot;       ///< 0 ... kExactSlots - 1; or -1 - one of ExactSpecial
  uint128 units;  ///< to be added to the slot, modulo 2^128: a negative term in two's complement
};

/// `term` is not zero (a zero adds nothing).
LW_ROW ExactTerm exact_term(double term) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &term, sizeof bits);
  const int exponent = static_cast<int>((bits >> 52) & 0x7ff);
  const bool negative = (bits >> 63) != 0;
  std::uint64_t mantissa = bits & 0xfffffffffffffULL;
  if (exponent == 0x7ff) return {-1 - (mantissa != 0 ? kNaNTerm : negative ? kNegativeInf : kPositiveInf), 0};
  if (exponent != 0) mantissa |= std::uint64_t{1} << 52;
  const int place = exponent > 1 ? exponent : 1;  // denormals have the exponent of the smallest normal numbers
  const uint128 units = static_cast<uint128>(mantissa) << (place % kExactSlotBits);
  return {place / kExactSlotBits, negative ? 0 - units : units};
}

}  // namespace longwatch::row
