#pragma once
// Private to the metrics: distances that are the largest of many differences (Kolmogorov-Smirnov, L-infinity).

#include <array>
#include <cstdint>
#include <vector>

#include "engine/metrics/path_interval.hpp"

namespace longwatch::metrics {

inline constexpr std::size_t kDraws = 256;  ///< of noise
inline constexpr std::size_t kPoints = 48;  ///< at most, at which differences are looked at

/// A uniform number in (0, 1) by counter (the finaliser of splitmix64, Steele et al. 2014).
double counter_uniform(std::uint64_t counter);

/// Standard normal draws by point, fixed: the same for every column, chunk and machine.
const std::array<std::array<float, kDraws>, kPoints>& normal_draws();

/// Largest difference along the path from no drift to the drift observed, by the same draws of noise everywhere.
class LargestDifference {
 public:
  /// A chunk's difference at a point, and its variance as it is and if nothing had drifted.
  struct Point {
    double difference = 0;
    double variance = 0;
    double null_variance = 0;
  };
  /// Points on the time axis of a Brownian bridge: `times` increasing, within 0 ... 1. `null`: mean and variance of the
  /// distance without drift, to which the draws are calibrated.
  static LargestDifference bridge(const std::vector<Point>& points, const std::vector<double>& times, PathMoments null);
  /// Bins with these shares, noise as multinomial counts have; what is missing to a total of 1 is one more bin.
  static LargestDifference bins(const std::vector<Point>& points, const std::vector<double>& shares, PathMoments null);

  PathMoments operator()(double t) const;

 private:
  void finish(const std::vector<Point>& points, PathMoments null);
  [[nodiscard]] PathMoments drawn(double t) const;
  std::vector<float> differences_;
  std::vector<std::array<float, kDraws>> noise_;
  double value_ = 0;
  PathMoments null_;
  PathMoments drawn_null_;
};

/// The Kolmogorov distribution: the chance that the supremum of a Brownian bridge's absolute value exceeds t. Relative
/// error below 1e-10. Source: Kolmogorov 1933; the theta series for small t.
double kolmogorov_tail(double t);

}  // namespace longwatch::metrics
