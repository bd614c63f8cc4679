#pragma once
// Private to the metrics: intervals of distances that are no smooth function of the shares (absolute values, maxima).

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/metrics/location.hpp"
#include "engine/metrics/square_interval.hpp"

namespace longwatch::metrics {

/// Mean and variance of the sample's distance where the population's chunk lies at `t` of the way from the reference
/// (0) to the chunk as observed (1): the population's distance is then t times the observed one.
struct PathMoments {
  double mean = 0;
  double variance = 0;
};

/// The 95 % interval of the population's distance: t times `value` for all t at which the observed value lies within
/// 1.96 standard deviations of the mean, at(t). About 24 calls of `at`. `reject`: whether no drift is out of the
/// question (p-value below 2.5 %); the lower bound is 0 where it is not.
template <class At>
Bounds bounds_on_path(double value, bool reject, At&& at) {
  const auto score = [&](double t, double observed) {
    const PathMoments moments = at(t);
    return (observed - moments.mean) / std::sqrt(std::max(moments.variance, 1e-300));
  };
  const auto where = [&](double observed, double wanted) {
    if (score(0, observed) <= wanted) return 0.0;
    double low = 0;
    double high = 1;
    for (int i = 0; i < 20 && score(high, observed) > wanted; ++i) {
      low = high;
      high *= 1.6;
    }
    for (int i = 0; i < 12; ++i) {
      const double middle = (low + high) / 2;
      (score(middle, observed) > wanted ? low : high) = middle;
    }
    return (low + high) / 2;
  };
  Bounds out;
  out.lower = reject ? value * where(value, kNormal975) : 0;
  out.upper = value * where(std::max(value, at(0).mean), -kNormal975);
  return out;
}

/// Sets interval and standard error of a distance from its path; its p-value is known.
template <class At>
void set_path_interval(MetricValue& out, At&& at, double greatest) {
  if (std::isnan(out.p_value)) return;
  const Bounds bounds = bounds_on_path(out.value, out.p_value < 0.025, at);
  out.ci_lower = bounds.lower;
  out.ci_upper = std::min(greatest, bounds.upper);
  out.interval_method = "bias_corrected_path";
  out.standard_error = std::sqrt(std::max(0.0, at(1).variance));
}

/// E|X|, X normal with mean a and variance 1, less |a|.
inline double fold_excess(double a) {
  a = std::abs(a);
  if (a > 6) return 0;
  return std::sqrt(2 / std::numbers::pi) * std::exp(-a * a / 2) - a * std::erfc(a / std::numbers::sqrt2);
}

/// The mean sign of X: what |X| follows of X.
inline double fold_slope(double a) { return std::erf(a / std::numbers::sqrt2); }

/// The variance of |X| beyond what follows X; 1 - 2 / pi at 0, nothing far away.
inline double fold_rest(double a) {
  a = std::abs(a);
  if (a > 6) return 0;
  const double mean = a + fold_excess(a);
  const double slope = fold_slope(a);
  return std::max(0.0, 1 + a * a - mean * mean - slope * slope);
}

/// The null of a distance T of this mean and variance, as that of T^2: T is taken as a scaled chi variable (Nakagami).
/// `tail`: twice the largest variance of a linear functional below T, the scale of T^2's exponential tail, from which
/// comes the skewness.
inline NullSpread null_of_square(double mean, double variance, double tail) {
  NullSpread out;
  out.mean = mean * mean + variance;
  const double ratio = out.mean > 0 ? std::min(0.375, variance / out.mean) : 0;
  out.variance = 2 * out.mean * out.mean * (2 - 2 * std::sqrt(1 - 2 * ratio));
  out.skewness = out.variance > 0 ? std::clamp(2 * tail / std::sqrt(out.variance), 0.05, 2.83) : kNaN;
  return out;
}

}  // namespace longwatch::metrics
