#pragma once
// The formulas for the reconstruction error of one row, once for every backend.

#include <cmath>
#include <cstdint>
#include <cstring>

#include "engine/state/row.hpp"

namespace longwatch::row {

/// The power of two that brings a row's largest |z|, in [kZGate, kZLimit], into [8, 16). Its error is divided by it.
LW_ROW double narrowing(double largest) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &largest, sizeof bits);
  const std::uint64_t scaled = (2049 - (bits >> 52)) << 52;  // 2^(4 - e) where largest = m 2^e, m in [1/2, 1)
  double out = 0;
  std::memcpy(&out, &scaled, sizeof out);
  return out;
}

/// The error from |z|^2 and |V' z|^2; rounding may have made the second the larger one.
LW_ROW double row_error(double whole, double explained) {
  const double rest = whole - explained;
  return std::sqrt(rest > 0 ? rest : 0.0);
}

}  // namespace longwatch::row
