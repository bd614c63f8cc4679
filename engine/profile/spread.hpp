#pragma once
// Where a column lies, how wide it is and how skewed.

#include <cstddef>
#include <span>

namespace longwatch {

/// Mean and central moments of sorted finite values. The wider type keeps 1e308 and denormals in range.
struct Spread {
  std::size_t n = 0;
  long double mean = 0;
  long double squares = 0;    ///< sum of the squared distances from the mean
  long double deviation = 0;  ///< sqrt(squares / n)
  double skewness = 0;        ///< mean of ((x - mean) / deviation)^3; 0 where nothing varies
};

/// Three passes over the values, each summed in an order that depends on their number only: the same bits everywhere.
/// Relative error some 1e-13. All 0 for no values. O(n).
Spread spread_of(std::span<const double> sorted);

/// The power of two that brings `width` to [0.5, 1), kept where it and its inverse are normal numbers.
double inverse_power(long double width);

}  // namespace longwatch
