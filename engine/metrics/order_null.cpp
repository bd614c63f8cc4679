// What chance alone does to distances between cumulative distributions.
#include "engine/metrics/order_null.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/metrics/largest_difference.hpp"

namespace longwatch::metrics {

namespace {

constexpr double kAtom = 0.02;
constexpr double kSiegmund = 0.5826;  // -zeta(1/2) / sqrt(2 pi)
// Of Kolmogorov's distribution: mean, and the moments of the square (from the sums of 1/k^2, 1/k^4 and 1/k^6).
constexpr double kMean = 0.8687311606;
constexpr double kSquare = 0.8224670334;
constexpr double kSquareVariance = 0.2705811;
constexpr double kSquareSkewness = 1.807;

/// Ends of groups of neighbouring cells on the bridge's time axis, and whether a group is a large atom, within which
/// the bridge is not looked at.
struct Blocks {
  std::vector<double> times;
  std::vector<bool> atom;
};

Blocks blocks_of(const NumberView& reference) {
  Blocks out;
  const double total = static_cast<double>(reference.present());
  double until = static_cast<double>(reference.state->counts.negative_inf);
  double begin = until;
  const auto end_block = [&](bool atom) {
    if (until == begin) return;
    out.times.push_back(until / total);
    out.atom.push_back(atom);
    begin = until;
  };
  for (const std::int64_t cell : reference.counts) {
    const double count = static_cast<double>(cell);
    if (count == 0) continue;
    const bool atom = count > kAtom * total;
    if (atom) end_block(false);
    until += count;
    if (atom || until - begin > 0.04 * total) end_block(atom);
  }
  end_block(false);
  return out;
}

/// The supremum of a bridge from x to y over time `step`, given a uniform number (its exact law).
double supremum_between(double x, double y, double step, double uniform) {
  return (x + y + std::sqrt((x - y) * (x - y) - 2 * step * std::log(uniform))) / 2;
}

}  // namespace

SupremumNull SupremumNull::of(const NumberView& reference) {
  SupremumNull out;
  const double total = static_cast<double>(reference.present());
  if (total == 0) return out;
  double largest_cell = 0;
  for (const std::int64_t cell : reference.counts) {
    const double share = static_cast<double>(cell) / total;
    largest_cell = std::max(largest_cell, share);
    out.step += share * share;
  }
  if (largest_cell <= kAtom) return out;
  out.continuous = false;
  const Blocks blocks = blocks_of(reference);
  const std::size_t count = std::min(blocks.times.size(), kPoints - 1);
  out.largest = 0;
  const auto& draws = normal_draws();
  std::array<double, kDraws> end{};
  double before = 0;
  for (std::size_t j = 0; j < count; ++j) {
    const double time = blocks.times[j];
    out.largest = std::max(out.largest, time * (1 - time));
    for (std::size_t s = 0; s < kDraws; ++s) end[s] += std::sqrt(time - before) * draws[j][s];
    before = time;
  }
  for (std::size_t s = 0; s < kDraws; ++s) end[s] += std::sqrt(std::max(0.0, 1 - before)) * draws[count][s];
  double sum = 0, squares = 0;
  for (std::size_t s = 0; s < kDraws; ++s) {
    double walk = 0, at = 0, time_before = 0, largest = 0;
    for (std::size_t j = 0; j < count; ++j) {
      const double time = blocks.times[j];
      walk += std::sqrt(time - time_before) * draws[j][s];
      const double now = walk - time * end[s];
      largest = std::max(largest, std::abs(now));
      if (!blocks.atom[j]) {
        const double u = counter_uniform((std::uint64_t{1} << 40) + j * kDraws + s);
        const double top = supremum_between(std::abs(at), std::abs(now), time - time_before, u);
        largest = std::max(largest, top);
      }
      at = now;
      time_before = time;
    }
    sum += largest;
    squares += largest * largest;
  }
  out.mean = sum / kDraws;
  out.variance = std::max(1e-12, squares / kDraws - out.mean * out.mean);
  return out;
}

namespace {

/// What the steps of a partition take from the supremum: nothing where a cell holds less than a row of the chunk.
double lost_in_steps(double step, double n) { return kSiegmund * std::sqrt(step * n * step / (1 + n * step)); }

/// Stephens' factor: statistic times it has nearly Kolmogorov's distribution.
double stephens(double n, double rows) {
  const double root = std::sqrt(n * rows / (n + rows));
  return root + 0.12 + 0.11 / root;
}

}  // namespace

PathMoments SupremumNull::moments(double n, double rows) const {
  if (!continuous) {
    const double both = 1 / n + 1 / rows;
    return {mean * std::sqrt(both), variance * both};
  }
  const double scale = 1 / stephens(n, rows);
  return {(kMean - lost_in_steps(step, n)) * scale, (kSquare - kMean * kMean) * scale * scale};
}

NullSpread SupremumNull::spread(double n, double rows) const {
  const PathMoments own = moments(n, rows);
  if (!continuous) return null_of_square(own.mean, own.variance, 2 * largest * (1 / n + 1 / rows));
  NullSpread out;
  out.mean = own.mean * own.mean + own.variance;
  out.variance = kSquareVariance * std::pow(out.mean / kSquare, 2);
  out.skewness = kSquareSkewness;
  return out;
}

double SupremumNull::tail(double value, double n, double rows) const {
  return kolmogorov_tail(value * stephens(n, rows) + lost_in_steps(step, n));
}

AreaNull AreaNull::of(const NumberView& reference) {
  AreaNull out;
  const std::span<const double> edges = reference.column->partition.edges();
  const double total = static_cast<double>(reference.finite);
  if (total < 2 || edges.size() < 2) return out;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const double left = static_cast<double>(reference.up_to[2 * i + 1]) / total;
    const double right = static_cast<double>(reference.up_to[2 * i + 2]) / total;
    const double share = (left + right) / 2;
    const double width = edges[i + 1] - edges[i];
    if (share <= 0 || share >= 1 || !std::isfinite(width)) continue;
    if (!out.steps.empty() && nearly_same(out.steps.back().share, share)) {
      out.steps.back().width += width;
    } else {
      out.steps.push_back({share, width});
    }
  }
  for (std::size_t j = 0; j < out.steps.size(); ++j) {
    const Step& a = out.steps[j];
    const double of_a = a.width * std::sqrt(a.share * (1 - a.share));
    for (std::size_t k = j; k < out.steps.size(); ++k) {
      const Step& b = out.steps[k];
      const double r = std::min(1.0, std::sqrt(a.share * (1 - b.share) / (b.share * (1 - a.share))));
      const double of_b = b.width * std::sqrt(b.share * (1 - b.share));
      const double covariance = 2 / std::numbers::pi * (std::sqrt(1 - r * r) + r * std::asin(r) - 1);
      out.variance += (k == j ? 1 : 2) * of_a * of_b * covariance;
    }
  }
  out.tail = 2 * moments_of(reference.state->moments, reference.column->moments).variance;
  return out;
}

PathMoments AreaNull::moments(double n, double rows) const {
  double area = 0;
  for (const Step& step : steps) {
    const double rare = n * std::min(step.share, 1 - step.share);
    const double few = rare < 0.4 ? std::min(1.0, std::sqrt(2 * std::numbers::pi * rare) * std::exp(-rare)) : 1;
    area += step.width * std::sqrt(step.share * (1 - step.share)) * few;
  }
  const double both = 1 / n + 1 / rows;
  return {area * std::sqrt(2 / std::numbers::pi * both), variance * both};
}

NullSpread AreaNull::spread(double n, double rows) const {
  if (steps.empty()) return {};
  const PathMoments own = moments(n, rows);
  return null_of_square(own.mean, own.variance, tail * (1 / n + 1 / rows));
}

}  // namespace longwatch::metrics
