#pragma once
// The formulas for one row of a classifier of several classes, once for every backend: which scores are usable, and the
// calibrated scores of a row as integers.

#include "engine/state/row.hpp"

namespace longwatch::row {

/// A row's scores must add up to 1 within this.
inline constexpr double kScoreSumTolerance = 1e-3;
/// Calibrated scores, their squares and products are counted in units of 2^-40: 2^20 rows fit an int64.
inline constexpr int kProbabilityBits = 40;

/// False for NaN.
LW_ROW bool is_probability(double score) { return score >= 0 && score <= 1; }

LW_ROW bool sums_to_one(double sum) { return sum >= 1 - kScoreSumTolerance && sum <= 1 + kScoreSumTolerance; }

/// A calibration map: linear between the knots (scores strictly increasing), constant beyond them; without knots the
/// score itself. O(log knots).
LW_ROW double calibrated(const double* scores, const double* probabilities, std::int64_t knots, double score) {
  if (knots == 0) return score;
  if (score <= scores[0]) return probabilities[0];
  if (score >= scores[knots - 1]) return probabilities[knots - 1];
  std::int64_t low = 0;  // scores[low] <= score < scores[high]
  std::int64_t high = knots - 1;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    if (scores[middle] <= score) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const double share = (score - scores[low]) / (scores[high] - scores[low]);
  return probabilities[low] + (probabilities[high] - probabilities[low]) * share;
}

/// A calibrated score as a share of its row's sum over the `scored` classes, added up in the order of the classes;
/// equal shares where all are 0.
LW_ROW double renormalised(double calibrated_score, double sum, int scored) {
  return sum > 0 ? calibrated_score / sum : 1.0 / scored;
}

/// p in [0, 1], a calibrated score or a product of two, in units of 2^-40.
LW_ROW std::int64_t probability_term(double p) {
  return static_cast<std::int64_t>(round_small(p * 1099511627776.0));  // 2^40
}

}  // namespace longwatch::row
