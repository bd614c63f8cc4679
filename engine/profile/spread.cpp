// Sums in blocks of interleaved lanes: near the accuracy of pairwise summation, at the speed of vector code.
#include "engine/profile/spread.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace longwatch {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlock = 4096;  // a multiple of kLanes

using Sums = std::array<double, 3>;  // of d, d^2, d^3

Sums block_sums(std::span<const double> values, double scale, double centre, double closer) {
  double sums[3][kLanes] = {};
  const auto add = [&](double x, std::size_t lane) {
    const double d = (x * scale - centre) * closer;
    sums[0][lane] += d;
    sums[1][lane] += d * d;
    sums[2][lane] += d * d * d;
  };
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(values[i + lane], lane);
  }
  for (; i < values.size(); ++i) add(values[i], i % kLanes);
  Sums out{};
  for (std::size_t k = 0; k < out.size(); ++k) {
    for (const double lane : sums[k]) out[k] += lane;
  }
  return out;
}

/// Sums of the powers of d = (x scale - centre) closer.
Sums power_sums(std::span<const double> values, double scale, double centre, double closer = 1) {
  Sums out{};
  for (std::size_t from = 0; from < values.size(); from += kBlock) {
    const Sums block = block_sums(values.subspan(from, std::min(kBlock, values.size() - from)), scale, centre, closer);
    for (std::size_t k = 0; k < out.size(); ++k) out[k] += block[k];
  }
  return out;
}

}  // namespace

double inverse_power(long double width) {
  int exponent = 0;
  std::frexp(width, &exponent);
  return std::ldexp(1.0, -std::clamp(exponent, -1022, 1022));
}

Spread spread_of(std::span<const double> sorted) {
  Spread out;
  out.n = sorted.size();
  if (sorted.empty()) return out;
  if (sorted.front() == sorted.back()) {
    out.mean = sorted.front();
    return out;
  }
  const auto n = static_cast<double>(sorted.size());
  const double scale = inverse_power(std::max(std::abs(sorted.front()), std::abs(sorted.back())));
  double mean = power_sums(sorted, scale, 0)[0] / n;
  mean += power_sums(sorted, scale, mean)[0] / n;
  out.mean = static_cast<long double>(mean) / scale;
  // Once more on the scale of the distances from the mean, so that their cubes neither overflow nor vanish.
  const double reach = std::max(sorted.back() * scale - mean, mean - sorted.front() * scale);
  const double closer = inverse_power(reach);
  const Sums sums = power_sums(sorted, scale, mean, closer);
  const long double unit = 1.0L / (static_cast<long double>(scale) * closer);
  const double variance = sums[1] / n;
  out.squares = sums[1] * unit * unit;
  out.deviation = std::sqrt(static_cast<long double>(variance)) * unit;
  if (variance > 0) out.skewness = sums[2] / n / (variance * std::sqrt(variance));
  return out;
}

}  // namespace longwatch
