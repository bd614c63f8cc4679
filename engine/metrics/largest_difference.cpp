// Distances that are the largest of many differences.
#include "engine/metrics/largest_difference.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace longwatch::metrics {

namespace {

/// Every second draw is the first one's negative.
std::array<std::array<float, kDraws>, kPoints> make_draws() {
  std::array<std::array<float, kDraws>, kPoints> out;
  for (std::size_t j = 0; j < kPoints; ++j) {
    for (std::size_t s = 0; s < kDraws; s += 2) {
      const std::uint64_t counter = (j * kDraws + s) * 2;
      const double radius = std::sqrt(-2 * std::log(counter_uniform(counter)));
      const auto draw = static_cast<float>(radius * std::cos(2 * std::numbers::pi * counter_uniform(counter + 1)));
      out[j][s] = draw;
      out[j][s + 1] = -draw;
    }
  }
  return out;
}

/// The error that a point's noise is scaled to: that without drift, where none can be told.
double error_of(const LargestDifference::Point& point) {
  const bool differs = point.difference * point.difference > 9 * point.null_variance;
  return std::sqrt(differs ? point.variance : point.null_variance);
}

}  // namespace

double counter_uniform(std::uint64_t counter) {
  std::uint64_t z = (counter + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return (static_cast<double>(z >> 11) + 0.5) * 0x1p-53;
}

const std::array<std::array<float, kDraws>, kPoints>& normal_draws() {
  static const auto draws = make_draws();
  return draws;
}

LargestDifference LargestDifference::bridge(const std::vector<Point>& points, const std::vector<double>& times,
                                            PathMoments null) {
  LargestDifference out;
  const auto& draws = normal_draws();
  const std::size_t count = std::min(points.size(), kPoints - 1);
  out.noise_.resize(count);
  std::array<float, kDraws> walk{};
  double before = 0;
  const auto step = [&](std::size_t j, double time) {
    const auto scale = static_cast<float>(std::sqrt(std::max(0.0, time - before)));
    for (std::size_t s = 0; s < kDraws; ++s) walk[s] += scale * draws[j][s];
    before = std::max(before, time);
  };
  for (std::size_t j = 0; j < count; ++j) {
    step(j, times[j]);
    out.noise_[j] = walk;
  }
  step(count, 1);
  for (std::size_t j = 0; j < count; ++j) {
    const double time = times[j];
    const double spread = std::sqrt(std::max(1e-12, time * (1 - time)));
    const auto scale = static_cast<float>(error_of(points[j]) / spread);
    const auto back = static_cast<float>(time);
    for (std::size_t s = 0; s < kDraws; ++s) out.noise_[j][s] = scale * (out.noise_[j][s] - back * walk[s]);
  }
  out.finish(points, null);
  return out;
}

LargestDifference LargestDifference::bins(const std::vector<Point>& points, const std::vector<double>& shares,
                                          PathMoments null) {
  LargestDifference out;
  const auto& draws = normal_draws();
  const std::size_t count = std::min(points.size(), kPoints - 1);
  out.noise_.resize(count);
  std::array<float, kDraws> common{};
  double rest = 1;
  for (std::size_t j = 0; j <= count; ++j) {
    const double share = j < count ? shares[j] : std::max(0.0, rest);
    rest -= share;
    const auto root = static_cast<float>(std::sqrt(share));
    for (std::size_t s = 0; s < kDraws; ++s) common[s] += root * draws[j][s];
  }
  for (std::size_t j = 0; j < count; ++j) {
    const double spread = std::sqrt(std::max(1e-12, shares[j] * (1 - shares[j])));
    const double scale = error_of(points[j]) / spread;
    const auto own = static_cast<float>(scale * std::sqrt(shares[j]));
    const auto of_common = static_cast<float>(scale * shares[j]);
    for (std::size_t s = 0; s < kDraws; ++s) out.noise_[j][s] = own * draws[j][s] - of_common * common[s];
  }
  out.finish(points, null);
  return out;
}

void LargestDifference::finish(const std::vector<Point>& points, PathMoments null) {
  for (std::size_t j = 0; j < noise_.size(); ++j) {
    differences_.push_back(static_cast<float>(points[j].difference));
    value_ = std::max(value_, std::abs(points[j].difference));
  }
  null_ = null;
  drawn_null_ = drawn(0);
}

PathMoments LargestDifference::drawn(double t) const {
  std::array<float, kDraws> largest{};
  for (std::size_t j = 0; j < noise_.size(); ++j) {
    const auto centre = static_cast<float>(t) * differences_[j];
    const auto& noise = noise_[j];
    for (std::size_t s = 0; s < kDraws; ++s) largest[s] = std::max(largest[s], std::abs(centre + noise[s]));
  }
  double sum = 0, squares = 0;
  for (const float value : largest) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const double mean = sum / kDraws;
  return {mean, std::max(0.0, squares / kDraws - mean * mean)};
}

PathMoments LargestDifference::operator()(double t) const {
  PathMoments out = drawn(t);
  if (!(drawn_null_.mean > 0)) return out;
  // What the draws leave out between the points matters as far as noise decides where the largest difference is.
  const double noisy = std::clamp((out.mean - t * value_) / drawn_null_.mean, 0.0, 1.0);
  out.mean += noisy * (null_.mean - drawn_null_.mean);
  out.variance = std::max(0.25 * out.variance, out.variance + noisy * (null_.variance - drawn_null_.variance));
  return out;
}

double kolmogorov_tail(double t) {
  if (!(t > 0.05)) return 1;
  constexpr double kPi2 = std::numbers::pi * std::numbers::pi;
  double sum = 0;
  if (t < 1.18) {
    for (int k = 1; k <= 7; k += 2) sum += std::exp(-k * k * kPi2 / (8 * t * t));
    return std::clamp(1 - std::sqrt(2 * std::numbers::pi) / t * sum, 0.0, 1.0);
  }
  for (int k = 1; k <= 5; ++k) sum += (k % 2 != 0 ? 2 : -2) * std::exp(-2.0 * k * k * t * t);
  return std::clamp(sum, 0.0, 1.0);
}

}  // namespace longwatch::metrics
