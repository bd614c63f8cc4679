// Pearson correlation about the means, and Student's t through the incomplete beta function.
#include "engine/explain/correlation.hpp"

#include <algorithm>
#include <cmath>

namespace longwatch {
namespace {

// Lentz's method for the continued fraction DLMF 8.17.22.
double beta_fraction(double x, double a, double b) {
  constexpr int kMostSteps = 10'000;
  constexpr double kTiny = 1e-300;
  constexpr double kEnough = 1e-16;
  const auto kept = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / kept(1 - (a + b) * x / (a + 1));
  double value = d;
  for (int m = 1; m <= kMostSteps; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / kept(1 + even * d);
    c = kept(1 + even / c);
    value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / kept(1 + odd * d);
    c = kept(1 + odd / c);
    const double factor = d * c;
    value *= factor;
    if (std::abs(factor - 1) < kEnough) break;
  }
  return value;
}

struct Series {
  double mean = 0;
  double scale = 0;  // of the largest value, to tell variation from rounding
};

}  // namespace

double incomplete_beta(double x, double a, double b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  int sign = 0;  // of gamma; all arguments are positive
  const double front = std::exp(lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) + a * std::log(x) +
                                b * std::log1p(-x));
  // The fraction converges fast on the near side of the mean.
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
  return 1 - front * beta_fraction(1 - x, b, a) / b;
}

Correlation pearson(std::span<const double> x, std::span<const double> y) {
  Correlation out;
  Series a, b;
  const std::size_t n = std::min(x.size(), y.size());
  const auto both = [&](std::size_t i) { return std::isfinite(x[i]) && std::isfinite(y[i]); };
  for (std::size_t i = 0; i < n; ++i) {
    if (!both(i)) continue;
    ++out.pairs;
    a.mean += x[i];
    b.mean += y[i];
    a.scale = std::max(a.scale, std::abs(x[i]));
    b.scale = std::max(b.scale, std::abs(y[i]));
  }
  if (out.pairs < 3) return out;
  const auto pairs = static_cast<double>(out.pairs);
  a.mean /= pairs;
  b.mean /= pairs;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (!both(i)) continue;
    // Scaled, so that no square overflows.
    const double dx = a.scale == 0 ? 0 : (x[i] - a.mean) / a.scale;
    const double dy = b.scale == 0 ? 0 : (y[i] - b.mean) / b.scale;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  constexpr double kRounding = 1e-26;  // of squares, relative to the largest value: 1e-13 of a value
  if (!(xx > kRounding * pairs && yy > kRounding * pairs)) return out;
  out.r = std::clamp(xy / (std::sqrt(xx) * std::sqrt(yy)), -1.0, 1.0);
  out.p_value = incomplete_beta((1 - out.r) * (1 + out.r), (pairs - 2) / 2, 0.5);
  return out;
}

}  // namespace longwatch
