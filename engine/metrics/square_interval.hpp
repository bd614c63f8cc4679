#pragma once
// Private to the metrics: the interval of a distance's square, its bias taken off.

#include "engine/metrics/guards.hpp"

namespace longwatch::metrics {

/// What is known of the square S of a distance (or of a divergence) between two samples.
struct SquareEstimate {
  double square = 0;     ///< S of the samples
  double null_mean = 0;  ///< of S without drift
  double null_variance = 0;
  double bias = 0;      ///< of S where the populations differ as the samples do
  double variance = 0;  ///< of S there, by the delta method: the part that vanishes without drift
};

struct Bounds {
  double lower = kNaN;
  double upper = kNaN;
};

/// The 95 % interval of the populations' S: all s for which the sample's lies between the 2.5 and 97.5 % quantiles of
/// its distribution about s, which has mean s + bias, variance null_variance + rate s, and the third moment of a
/// noncentral chi-squared variable, and is taken as a power of a normal one (Jensen and Solomon 1972). The rate is
/// `variance` per `square`: local theory and the delta method give the same there. The lower bound is 0 in 97.5 % of
/// the samples without drift. NaN where the null is not known.
Bounds bounds_of_square(const SquareEstimate& estimate);

/// Sets interval and standard error of `out`, whose value is S to the power 1 / `power`, from these.
void set_square_interval(MetricValue& out, const SquareEstimate& estimate, double power, double greatest);

}  // namespace longwatch::metrics
