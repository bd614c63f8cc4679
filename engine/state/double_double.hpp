#pragma once
// A number as the unevaluated sum of two doubles, about 106 bits: what cancels in doubles survives here.
// Needs no contraction and no fast-math; explicit fma only, so that the bits are the same on every machine.

#include <cmath>

#include "engine/state/row.hpp"

namespace longwatch {

/// high + low, |low| at most half an ulp of high. Source: Dekker (1971), Knuth (TAOCP 2, 4.2.2). Finite values only.
struct DoubleDouble {
  double high = 0;
  double low = 0;
};

/// a + b without error.
LW_ROW DoubleDouble two_sum(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

/// a * b without error, unless it underflows.
inline DoubleDouble two_product(double a, double b) {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

inline DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble high = two_sum(a.high, b.high);
  const DoubleDouble low = two_sum(a.low, b.low);
  const DoubleDouble sum = two_sum(high.high, high.low + low.high);
  return two_sum(sum.high, sum.low + low.low);
}
inline DoubleDouble operator-(DoubleDouble a) { return {-a.high, -a.low}; }
inline DoubleDouble operator-(DoubleDouble a, DoubleDouble b) { return a + -b; }

inline DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble product = two_product(a.high, b.high);
  return two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}
inline DoubleDouble operator*(DoubleDouble a, double b) { return a * DoubleDouble{b, 0}; }

inline DoubleDouble operator/(DoubleDouble a, double b) {
  const double quotient = a.high / b;
  const DoubleDouble rest = a - two_product(quotient, b);
  return two_sum(quotient, rest.high / b);
}

}  // namespace longwatch
