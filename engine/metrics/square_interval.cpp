// The interval of a distance's square, its bias taken off.
#include "engine/metrics/square_interval.hpp"

#include <algorithm>
#include <cmath>

#include "engine/metrics/location.hpp"

namespace longwatch::metrics {

namespace {

/// The distribution of the sample's S about a population's s, as a normal variable.
class About {
 public:
  explicit About(const SquareEstimate& estimate)
      : estimate_(estimate),
        scale_(estimate.null_variance / (2 * estimate.null_mean)),
        rate_(estimate.square > 0 ? estimate.variance / estimate.square : 4 * scale_),
        unbiased_(std::max(estimate.square - estimate.bias, 0.25 * estimate.null_mean)) {}

  /// The normal score of `square` where the population's is s; it falls as s rises.
  [[nodiscard]] double score(double square, double s) const {
    const double drifted = std::min(1.0, s / unbiased_);
    const double mean = s + estimate_.null_mean + drifted * (estimate_.bias - estimate_.null_mean);
    const double variance = estimate_.null_variance + rate_ * s;
    const double third = 4 * scale_ * estimate_.null_variance + 6 * rate_ * scale_ * s;
    const double spread = variance / (mean * mean);
    const double h = 1 - mean * third / (3 * variance * variance);
    if (std::abs(h) < 0.02) return (std::log(square / mean) + spread / 2) / std::sqrt(spread);
    return (std::pow(square / mean, h) - 1 - h * (h - 1) * spread / 2) / (h * std::sqrt(spread));
  }

  /// The s at which `square` has this score; 0 where it has less than that at 0.
  [[nodiscard]] double where(double square, double wanted) const {
    if (score(square, 0) <= wanted) return 0;
    double low = 0;
    double high = square + estimate_.null_mean;
    while (score(square, high) > wanted && high < 1e3 * (square + estimate_.null_mean)) high *= 2;
    for (int i = 0; i < 50 && high - low > 1e-9 * high; ++i) {
      const double middle = (low + high) / 2;
      (score(square, middle) > wanted ? low : high) = middle;
    }
    return (low + high) / 2;
  }

 private:
  const SquareEstimate& estimate_;
  double scale_, rate_, unbiased_;
};

}  // namespace

Bounds bounds_of_square(const SquareEstimate& estimate) {
  if (!(estimate.null_mean > 0) || !(estimate.null_variance > 0) || !std::isfinite(estimate.variance)) return {};
  const About about(estimate);
  Bounds out;
  out.lower = about.where(estimate.square, kNormal975);
  // A sample that is closer than chance alone would have it says no more than one that is as close as expected.
  const double freedom = 2 * estimate.null_mean * estimate.null_mean / estimate.null_variance;
  const double root = std::max(0.1, 1 - 2 / (9 * freedom));
  out.upper = about.where(std::max(estimate.square, estimate.null_mean * root * root * root), -kNormal975);
  return out;
}

void set_square_interval(MetricValue& out, const SquareEstimate& estimate, double power, double greatest) {
  const Bounds bounds = bounds_of_square(estimate);
  out.ci_lower = std::pow(bounds.lower, 1 / power);
  out.ci_upper = std::min(greatest, std::pow(bounds.upper, 1 / power));
  out.interval_method = "bias_corrected_delta";
  const double total = std::sqrt(estimate.null_variance + estimate.variance);
  out.standard_error = power == 1 ? total : total / (2 * std::sqrt(std::max(estimate.square, estimate.null_mean)));
}

}  // namespace longwatch::metrics
