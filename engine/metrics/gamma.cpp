// The upper tail of the gamma distribution: a series near the left, a continued fraction in the tail.
#include "engine/metrics/gamma.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace longwatch::metrics {

namespace {

constexpr double kPrecision = std::numeric_limits<double>::epsilon() / 2;
constexpr int kMostSteps = 100'000;
constexpr double kStirlingFrom = 16;

/// ln Gamma(a) - (a - 1/2) ln a + a - ln(2 pi) / 2, to 1e-16 for a >= 16.
double stirling_correction(double a) {
  const double s = 1 / (a * a);
  return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188 - s * 691.0 / 360360))))) / a;
}

/// x^a e^-x / Gamma(a). For large a by the distance of x from a, since x^a alone would lose digits.
double density(double a, double x) {
  if (a < kStirlingFrom) return std::exp(a * std::log(x) - x) / std::tgamma(a);
  const double t = (x - a) / a;
  const double exponent = a * (std::log1p(t) - t) - stirling_correction(a);
  return std::exp(exponent) * std::sqrt(a / (2 * std::numbers::pi));
}

/// P(a, x) / density = sum of x^k / (a (a + 1) ... (a + k)). For x < a + 1.
double lower_series(double a, double x) {
  double term = 1 / a;
  double sum = term;
  for (int k = 1; k < kMostSteps && term > sum * kPrecision; ++k) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

/// Q(a, x) / density by Lentz's method. For x >= a + 1, where all partial denominators stay positive.
double upper_fraction(double a, double x) {
  double b = x + 1 - a;
  double c = std::numeric_limits<double>::max();
  double d = 1 / b;
  double value = d;
  for (int k = 1; k < kMostSteps; ++k) {
    const double numerator = k * (a - k);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const double step = c * d;
    value *= step;
    if (std::abs(step - 1) <= 2 * kPrecision) break;
  }
  return value;
}

}  // namespace

double upper_gamma(double a, double x) {
  if (std::isnan(a) || std::isnan(x)) return std::numeric_limits<double>::quiet_NaN();
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  if (x < a + 1) return 1 - density(a, x) * lower_series(a, x);
  return density(a, x) * upper_fraction(a, x);
}

double chi_squared_tail(double statistic, double freedom) {
  return freedom <= 0 ? 1 : upper_gamma(freedom / 2, statistic / 2);
}

}  // namespace longwatch::metrics
