#pragma once
// The upper tail of the gamma distribution, for p-values.

namespace longwatch::metrics {

/// Q(a, x) = integral of t^(a - 1) e^-t from x to infinity, over Gamma(a): the chance that a gamma(a) variable exceeds
/// x. 0 < a <= 1e6, x >= 0; 1 at x = 0, 0 at infinity, NaN for NaN. Relative error below 1e-12 down to 1e-300 for a up
/// to 40,000. O(sqrt(a)) steps. Series and continued fraction: DLMF 8.7.1 and 8.9.2; Stirling's correction:
/// DLMF 5.11.1.
double upper_gamma(double a, double x);

/// The chance that a chi-squared variable with `freedom` degrees exceeds `statistic`; 1 where there is no freedom.
double chi_squared_tail(double statistic, double freedom);

}  // namespace longwatch::metrics
