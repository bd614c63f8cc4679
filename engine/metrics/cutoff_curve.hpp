#pragma once
// What a classifier's confusion matrix would be at other cut-offs, and which cut-off a cost matrix wants.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/metrics/classifier_view.hpp"

namespace longwatch {

/// The confusion matrix of the scored rows, predicted positive where score >= cutoff (the prediction column ignored).
struct CutoffPoint {
  double cutoff = 0;  ///< +inf: no row is predicted positive
  double true_positive = 0, false_positive = 0, false_negative = 0, true_negative = 0;
  [[nodiscard]] double rows() const { return true_positive + false_positive + false_negative + true_negative; }
};

/// Cut-offs worth a look, strictly decreasing: +inf, then the distinct scores of `table`, or, where they are more than
/// `most` - 1, those at which another 1 / (most - 1) of the rows is reached, the least score among them. O(scores).
std::vector<double> chosen_cutoffs(const OutcomeTable& table, std::size_t most);

/// The point of every cut-off (strictly decreasing). Empty where no row has a score. O(scores + cut-offs).
std::vector<CutoffPoint> cutoff_curve(const OutcomeTable& table, std::span<const double> cutoffs);

/// What an outcome is worth, summed over the rows of a point.
double business_value(const CutoffPoint& point, const OutcomeValues& values);

/// The cut-off with the greatest business value; of several the greatest cut-off.
struct BestCutoff {
  std::size_t at = 0;  ///< index into the curve
  double cutoff_lower = 0, cutoff_upper = 0;  ///< 95 % interval of the best cut-off
  double value = 0;                           ///< business value a row, at `at`
  double value_lower = 0, value_upper = 0;    ///< its 95 % interval, the cut-off held fixed
};

/// `estimated`: the masses are expected ones, the outcomes of a row fixed shares of it. Intervals are percentiles of
/// `resamples` bootstrap tables: the rows between two cut-offs are a Poisson number of mean their number (Efron and
/// Tibshirani 1993, chapter 13; the Poisson bootstrap), so the best cut-off is known to the steps of the curve. Counter-based
/// random numbers: the same curve, values and `seed` give the same result. `curve` is not empty.
/// O(resamples x curve).
BestCutoff best_cutoff(std::span<const CutoffPoint> curve, const OutcomeValues& values, bool estimated, int resamples,
                       std::uint64_t seed);

}  // namespace longwatch
