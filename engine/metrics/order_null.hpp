#pragma once
// Private to the metrics: what chance alone does to distances between cumulative distributions.

#include <vector>

#include "engine/metrics/path_interval.hpp"

namespace longwatch::metrics {

/// The null of the Kolmogorov-Smirnov statistic in units of sqrt(1/n + 1/N): the supremum of a Brownian bridge over the
/// reference's cells. Without an atom of more than 2 % it is Kolmogorov's distribution with Stephens' correction (1970)
/// and the one for steps (Siegmund 1985); else moments are drawn once.
struct SupremumNull {
  bool continuous = true;
  double step = 0;  ///< mean share of a row's cell
  double mean = 0;  ///< with atoms: of the supremum,
  double variance = 0;
  double largest = 0.25;  ///< largest variance of the bridge at an end of a cell
  static SupremumNull of(const NumberView& reference);
  [[nodiscard]] PathMoments moments(double n, double rows) const;  ///< of the statistic
  [[nodiscard]] NullSpread spread(double n, double rows) const;    ///< of its square
  /// The chance of at least `value` without drift; of a continuous column.
  [[nodiscard]] double tail(double value, double n, double rows) const;
};

/// The null of the Wasserstein distance: the integral of a Brownian bridge's absolute value over the column's axis.
struct AreaNull {
  struct Step {
    double share;  ///< F
    double width;
  };
  std::vector<Step> steps;  ///< neighbours of nearly the same share pooled
  double variance = 0;      ///< times n N / (n + N)
  double tail = 0;          ///< twice the variance of the column
  static AreaNull of(const NumberView& reference);
  [[nodiscard]] PathMoments moments(double n, double rows) const;
  [[nodiscard]] NullSpread spread(double n, double rows) const;
};

/// Whether a step of share `share` may be pooled with those from `first` on: little change on the logistic scale.
inline bool nearly_same(double first, double share) {
  const double low = std::clamp(first, 1e-9, 1 - 1e-9);
  const double high = std::clamp(share, 1e-9, 1 - 1e-9);
  return std::abs(high - low) < 0.3 * std::min(low * (1 - low), high * (1 - high));
}

}  // namespace longwatch::metrics
