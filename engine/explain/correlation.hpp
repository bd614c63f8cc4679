#pragma once
// How closely two series move together.

#include <cstdint>
#include <span>

#include "engine/metrics/metric.hpp"

namespace longwatch {

/// Pearson's r and its two-sided p-value against no correlation.
struct Correlation {
  double r = kNaN;
  double p_value = kNaN;
  std::int64_t pairs = 0;  ///< where both series have a value
};

/// Over the positions at which both `x` and `y` (of one length) are finite. r and p-value are NaN with fewer than three
/// pairs, or where a series does not vary beyond rounding. p-value: Student's t with n - 2 degrees of freedom, as
/// scipy.stats.pearsonr. O(n).
Correlation pearson(std::span<const double> x, std::span<const double> y);

/// The regularised incomplete beta function I_x(a, b), for a, b > 0 and x in [0, 1], to about 14 digits; by the
/// continued fraction DLMF 8.17.22. I_x(n / 2, 1 / 2) at x = n / (n + t^2) is the two-sided p-value of Student's t.
double incomplete_beta(double x, double a, double b);

}  // namespace longwatch
