#pragma once
// Sums of doubles that keep what each addition loses.

#include "engine/state/double_double.hpp"

namespace longwatch {

/// A running sum, right to about one rounding for terms of one sign. Source: Ogita, Rump, Oishi 2005, Sum2. Finite
/// terms only.
struct CompensatedSum {
  double high = 0;
  double low = 0;
  LW_ROW void add(double term) {
    const DoubleDouble sum = two_sum(high, term);
    high = sum.high;
    low += sum.low;
  }
  [[nodiscard]] LW_ROW double value() const { return high + low; }
};

}  // namespace longwatch
