// Quantiles by a first guess and Halley's method.
#include "engine/metrics/normal.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace longwatch::metrics {

double normal_probability(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

double normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (p == 0) return -std::numeric_limits<double>::infinity();
  if (p == 1) return std::numeric_limits<double>::infinity();
  if (p > 0.5) return -normal_quantile(1 - p);
  const double t = std::sqrt(-2 * std::log(p));
  double x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (int step = 0; step < 3; ++step) {
    // In the far tail density and probability underflow together; their ratio is what counts.
    const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
    if (density == 0) break;
    const double error = (normal_probability(x) - p) / density;
    x -= error / (1 + x * error / 2);
  }
  return x;
}

double student_quantile(double p, double freedom) {
  const double z = normal_quantile(p);
  if (!std::isfinite(z) || !(freedom < 1e300)) return z;
  const double s = z * z;
  const double v = freedom;
  const double first = z * (s + 1) / 4;
  const double second = z * (s * (5 * s + 16) + 3) / 96;
  const double third = z * (s * (s * (3 * s + 19) + 17) - 15) / 384;
  const double fourth = z * (s * (s * (s * (79 * s + 776) + 1482) - 1920) - 945) / 92160;
  return z + (first + (second + (third + fourth / v) / v) / v) / v;
}

}  // namespace longwatch::metrics
