#pragma once
// Quantiles of the normal and of Student's distribution.

namespace longwatch::metrics {

/// Phi(x). Relative error about 1e-15 in both tails.
double normal_probability(double x);

/// The x with normal_probability(x) = p; -inf for 0, +inf for 1, NaN outside [0, 1]. Absolute error below 1e-13 for
/// 1e-300 < p < 1 - 1e-16. Abramowitz and Stegun 26.2.23, then Halley's method.
double normal_quantile(double p);

/// The quantile of Student's distribution with `freedom` >= 1 degrees (they need not be whole), by its expansion about
/// the normal one (Abramowitz and Stegun 26.7.5): at p = .975 within 2e-3 for 5 degrees and 1e-5 for 20.
double student_quantile(double p, double freedom);

}  // namespace longwatch::metrics
