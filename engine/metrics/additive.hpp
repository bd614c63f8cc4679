#pragma once
// Private to the metrics: distances whose square (or which themselves) are a sum of f(q, p) over bins.

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "engine/metrics/binned.hpp"
#include "engine/metrics/distance_scratch.hpp"
#include "engine/metrics/square_interval.hpp"

namespace longwatch::metrics {

/// Sums over bins of what the delta method needs of a sum of f(q, p), q of n and p of N rows: the weighted slopes of
/// one side.
struct SlopeSums {
  double squares = 0;
  double plain = 0;
  void add(double share, double slope) {
    squares += share * slope * slope;
    plain += share * slope;
  }
  [[nodiscard]] double variance(double rows) const { return std::max(0.0, squares - plain * plain) / rows; }
};

template <class F>
class BinValues;
template <class F>
double bias_at(double q, double n, BinValues<F>& bin);

/// What one bin of a reference of `reference_rows` rows adds by the rows that a chunk of n has there. What small whole
/// numbers of them add is worked out once.
template <class F>
class BinValues {
 public:
  BinValues(double share, double n, double reference_rows) : p_(share), n_(n), reference_rows_(reference_rows) {}
  [[nodiscard]] double share() const { return p_; }
  /// F::value for x rows.
  double at(double x) {
    const auto i = static_cast<std::size_t>(x);
    if (i >= kMost || static_cast<double>(i) != x) return F::value(x / n_, p_);
    while (values_.size() <= i) values_.push_back(F::value(static_cast<double>(values_.size()) / n_, p_));
    return values_[i];
  }
  /// What the bias is more at the share q, a whole number of rows, than without drift.
  double bias_change(double q) {
    const auto i = static_cast<std::size_t>(std::nearbyint(q * n_));
    if (i >= kMost) return change_at(q);
    while (changes_.size() <= i) changes_.push_back(kNaN);
    if (std::isnan(changes_[i])) changes_[i] = change_at(q);
    return changes_[i];
  }

 private:
  static constexpr std::size_t kMost = 1024;
  double change_at(double q);

  double p_, n_, reference_rows_;
  double bias_ = kNaN;  // without drift
  std::vector<double> values_, changes_;
};

/// E f(x / n, p) - f(q, p) for x binomial with share q < 1: enumerated where few rows are expected, else by the bend.
template <class F>
double bias_at(double q, double n, BinValues<F>& bin) {
  if (n * q >= kEnumerated || q >= 1) return F::bend_q(q, bin.share(), n) * (1 - q) / n;
  double sum = 0, total = 0;
  for_each_count(n, q, [&](double x, double weight) {
    sum += weight * bin.at(x);
    total += weight;
  });
  return sum / total - F::value(q, bin.share());
}

// A share of the chunk known by few rows is moved by half a row, so that an empty bin may have some, and down where the
// reference expects less than that.
template <class F>
double BinValues<F>::change_at(double q) {
  if (p_ == 0) return 0;
  if (std::isnan(bias_)) bias_ = bias_at(p_, n_, *this);
  const double shrunk = n_ * q < kEnumerated ? std::min(1.0, (q + 0.5 / n_) * std::min(1.0, 2 * n_ * p_)) : q;
  double change = bias_at(shrunk, n_, *this) - bias_;
  const double rows = reference_rows_;
  if (rows * p_ >= kEnumerated) change += (F::bend_p(q, p_, rows) - F::bend_p(p_, p_, rows)) * (1 - p_) / rows;
  return change;
}

/// What the bins of a reference add for chunks of n rows, one object for all bins that hold as many rows, and what
/// chance makes of their sum.
template <class F>
class ReferenceBins {
 public:
  /// `cells` is borrowed.
  ReferenceBins(const NullCells& cells, double n) : cells_(&cells), n_(n) {
    for (const CellGroup& group : cells.groups) values_.emplace_back(group.count / cells.rows, n, cells.rows);
  }
  const NullSpread& null() {
    if (!null_) {
      null_ = null_of_sum(*cells_, n_, F::kPower, [&](const CellGroup& group, double x) {
        return values_[static_cast<std::size_t>(&group - cells_->groups.data())].at(x);
      });
    }
    return *null_;
  }
  /// Of the bins that hold the share `p`: the first group is the bin of all else, the others increase.
  BinValues<F>& of_share(double p) {
    const auto found = std::lower_bound(values_.begin() + 1, values_.end(), p,
                                        [](const BinValues<F>& bin, double share) { return bin.share() < share; });
    return found != values_.end() && found->share() == p ? *found : values_.front();
  }

 private:
  const NullCells* cells_;
  double n_;
  std::vector<BinValues<F>> values_;
  std::optional<NullSpread> null_;
};

/// Value, null, p-value and interval of a distance of the form (sum of F::value(q, p))^(1 / F::kPower). F also has the
/// derivatives slope_q and slope_p (called for shares above 0), and bend_q, bend_p: half the second derivative times
/// the share, for the bias of n rows. The bias is the null's mean and, bin by bin, what it changes with the drift: by
/// the bends where many rows are expected, else enumerated. `exact`: the sum itself, where F is only close to it; NaN:
/// F's sum.
template <class F>
MetricValue additive_distance(const BinnedPair& pair, const NullCells& cells, double greatest, double exact = kNaN) {
  const double n = static_cast<double>(pair.chunk_rows);
  const double rows = static_cast<double>(pair.reference_rows);
  double square = 0;
  double bias = 0;
  SlopeSums of_q, of_p;
  DistanceScratch own;
  auto& bins = (pair.scratch != nullptr ? *pair.scratch : own).get<ReferenceBins<F>>(pair.null_terms, &cells, n, [&] {
    return ReferenceBins<F>(cells, n);
  });
  pair.for_each_share([&](double p, double q) {
    if (p == 0 && q == 0) return;
    square += F::value(q, p);
    bias += bins.of_share(p).bias_change(q);
    if (q > 0) of_q.add(q, F::slope_q(q, p));
    if (p > 0) of_p.add(p, F::slope_p(q, p));
  });
  square = std::clamp(std::isnan(exact) ? square : exact, 0.0, greatest);
  MetricValue out = value_of(F::kPower == 2 ? std::sqrt(square) : square);
  out.null = bins.null();
  out.p_value = null_tail(out.null, square);
  set_square_interval(out,
                      {square, out.null.mean, out.null.variance, std::max(0.0, out.null.mean + bias),
                       of_q.variance(n) + of_p.variance(rows)},
                      F::kPower, greatest);
  return out;
}

}  // namespace longwatch::metrics
