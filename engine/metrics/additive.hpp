#pragma once
// Private to the metrics: distances whose square (or which themselves) are a sum of f(q, p) over bins.

#include "engine/metrics/binned.hpp"
#include "engine/metrics/square_interval.hpp"

namespace longwatch::metrics {

/// Sums over bins of what the delta method needs of a sum of f(q, p), q of n and p of N rows: the weighted slopes of one
/// side.
struct SlopeSums {
  double squares = 0;
  double plain = 0;
  void add(double share, double slope) {
    squares += share * slope * slope;
    plain += share * slope;
  }
  [[nodiscard]] double variance(double rows) const { return std::max(0.0, squares - plain * plain) / rows; }
};

/// Value, null, p-value and interval of a distance of the form (sum of F::value(q, p))^(1 / F::kPower). F also has the
/// derivatives slope_q and slope_p (called for shares above 0), and bend_q, bend_p: half the second derivative times the
/// share, for the bias of n rows. The bias is the null's mean and what the bends differ from those without drift, where
/// enough rows are expected. `exact`: the sum itself, where F is only close to it; NaN: F's sum.
template <class F>
MetricValue additive_distance(const BinnedPair& pair, const NullCells& cells, double greatest, double exact = kNaN) {
  const double n = static_cast<double>(pair.chunk_rows);
  const double rows = static_cast<double>(pair.reference_rows);
  double square = 0;
  double bias = 0;
  SlopeSums of_q, of_p;
  pair.for_each_share([&](double p, double q) {
    if (p == 0 && q == 0) return;
    square += F::value(q, p);
    const double pooled = (n * q + rows * p) / (n + rows);
    const double known = std::clamp((n * pooled - 1) / 4, 0.0, 1.0);
    if (known > 0) {
      bias += known * (F::bend_q(q, p, n) * (1 - q) - F::bend_q(pooled, pooled, n) * (1 - pooled)) / n;
      bias += known * (F::bend_p(q, p, rows) * (1 - p) - F::bend_p(pooled, pooled, rows) * (1 - pooled)) / rows;
    }
    if (q > 0) of_q.add(q, F::slope_q(q, p));
    if (p > 0) of_p.add(p, F::slope_p(q, p));
  });
  square = std::clamp(std::isnan(exact) ? square : exact, 0.0, greatest);
  MetricValue out = value_of(F::kPower == 2 ? std::sqrt(square) : square);
  out.null = null_of_sum(cells, n, F::kPower, [](double q, double p) { return F::value(q, p); });
  out.p_value = null_tail(out.null, square);
  set_square_interval(out, {square, out.null.mean, out.null.variance, std::max(0.0, out.null.mean + bias), of_q.variance(n) + of_p.variance(rows)},
                      F::kPower, greatest);
  return out;
}

}  // namespace longwatch::metrics
