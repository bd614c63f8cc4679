#pragma once
// Private to the metrics: what chance alone does to distances that are sums over bins or categories.

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {

/// The reference's bins that hold the same number of rows.
struct CellGroup {
  double count;     ///< rows of each
  double expected;  ///< expected rows of each, in a sample as large as the reference
  double cells;     ///< how many bins
};

/// The reference's bins as what a chunk without drift is drawn from. Bins that the reference left empty may still get
/// rows: all of these together have the share of the reference's rows that are alone in their bin (Good 1953), and the
/// bin of all else what its caller expects; the other bins give it up in proportion.
struct NullCells {
  std::vector<CellGroup> groups;
  double rows = 0;  ///< N, of the reference
  /// `counts` by bin; `extra` the count of the bin of all else, and how many rows are expected there at least in a
  /// sample as large as the reference. O(bins log bins).
  static NullCells of(std::span<const std::int64_t> counts, std::int64_t extra, double extra_expected);
};

/// The first moments of f over the number of rows x of a chunk in one bin: x is beta-binomial, the predictive
/// distribution given the reference (variance n p (1 - p) (1 + n / N)).
struct CellMoments {
  double mean = 0;
  double variance = 0;
  double slope = 0;  ///< covariance of f and x, over the variance of x
  double curve = 0;  ///< covariance of f and z^2, over 2, z = (x - mean) / sd
};

/// Adds cells up to the moments of a sum over bins whose counts add up to n. The parts of f that follow x and z^2 are
/// correlated between bins as multinomial counts are; the rest counts as independent (after Holst 1972 and Morris 1975,
/// "Central limit theorems for multinomial sums").
class MultinomialSum {
 public:
  MultinomialSum(double n, double reference_rows) : n_(n), inflation_(1 + n / reference_rows) {}
  void add(const CellMoments& cell, double share, double cells);
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double variance() const;

 private:
  double n_, inflation_;
  double mean_ = 0, residual_ = 0, slope_squares_ = 0, slopes_ = 0, curves_ = 0, curve_squares_ = 0;
};

/// Bins with fewer expected rows than this are enumerated, the others integrated over the normal distribution.
inline constexpr double kEnumerated = 25;

/// Calls f(x, weight) for x = 0, 1, ... up to a tail below 1e-12 beyond `mean`, or `most`; next(x) is the weight of
/// x + 1 over that of x.
template <class F, class Next>
void for_each_weight(double mean, double most, F&& f, Next next) {
  double weight = 1;
  double total = 0;
  for (double x = 0; x <= most; ++x) {
    f(x, weight);
    total += weight;
    if (x > mean && weight < 1e-12 * total) break;
    weight *= next(x);
  }
}

/// The beta-binomial distribution of `share` in `n` rows, given a reference of so many.
template <class F>
void for_each_count(double n, double share, double reference_rows, F&& f) {
  const double most = std::min(n, 4 * kEnumerated + 12 * (1 + n / reference_rows) * std::sqrt(kEnumerated) + 40);
  for_each_weight(n * share, most, f, [&](double x) {
    return (n - x) * (share + x / reference_rows) / ((x + 1) * (1 - share + (n - x - 1) / reference_rows));
  });
}

/// The binomial distribution.
template <class F>
void for_each_count(double n, double share, F&& f) {
  const double most = std::min(n, 4 * kEnumerated + 12 * std::sqrt(kEnumerated) + 40);
  const double odds = share / (1 - share);
  for_each_weight(n * share, most, f, [&](double x) { return (n - x) * odds / (x + 1); });
}

/// The five nodes and weights of Gauss and Hermite's rule for the standard normal distribution.
inline constexpr double kNodes[5] = {-2.8569700138728056, -1.3556261799742659, 0, 1.3556261799742659,
                                     2.8569700138728056};
inline constexpr double kWeights[5] = {0.011257411327720689, 0.22207592200561263, 0.53333333333333333,
                                       0.22207592200561263, 0.011257411327720689};

/// Moments of f(x) of one bin of a reference of `reference_rows` rows: x the rows of a chunk of n in it. `f` is smooth
/// where many rows are expected.
template <class F>
CellMoments cell_moments(double n, const CellGroup& group, double reference_rows, F&& f) {
  const double share = group.expected / reference_rows;
  const double expected = n * share;
  const double variance = expected * (1 - share) * (1 + n / reference_rows);
  if (variance <= 0) return {f(expected), 0, 0, 0};
  const double deviation = std::sqrt(variance);
  double total = 0, sum = 0, squares = 0, with_z = 0, with_z2 = 0, z_sum = 0, z2_sum = 0;
  const auto add = [&](double x, double weight) {
    const double z = (x - expected) / deviation;
    const double value = f(x);
    total += weight;
    sum += weight * value;
    squares += weight * value * value;
    with_z += weight * value * z;
    with_z2 += weight * value * z * z;
    z_sum += weight * z;
    z2_sum += weight * z * z;
  };
  if (expected < kEnumerated) {
    for_each_count(n, share, reference_rows, add);
  } else {
    const double skewness = (1 - 2 * share) * (1 + 2 * n / reference_rows) / 6;
    for (int i = 0; i < 5; ++i) {
      const double x = expected + deviation * kNodes[i] + (kNodes[i] * kNodes[i] - 1) * skewness;
      add(std::min(std::max(x, 0.0), n), kWeights[i]);
    }
  }
  const double mean = sum / total;
  return {mean, std::max(0.0, squares / total - mean * mean), (with_z / total - mean * z_sum / total) / deviation,
          (with_z2 / total - mean * z2_sum / total) / 2};
}

/// Mean and variance of the sum of f(group, x) over all bins, x the rows of a chunk of n rows without drift.
/// O(groups * 100).
template <class F>
NullSpread null_of_sum(const NullCells& cells, double n, double power, F&& f) {
  MultinomialSum sum(n, cells.rows);
  for (const CellGroup& group : cells.groups)
    sum.add(cell_moments(n, group, cells.rows, [&](double x) { return f(group, x); }), group.expected / cells.rows,
            group.cells);
  NullSpread out;
  out.mean = sum.mean();
  out.variance = sum.variance();
  out.power = power;
  return out;
}

/// The chance that a distance without drift is at least as large as `square` = value^power: a gamma distribution with
/// the mean, the variance and (where it is known) the skewness of the null. NaN where the null is not known.
double null_tail(const NullSpread& null, double square);

}  // namespace longwatch::metrics
