#pragma once
// What is uncertain about an estimate: the labels of its rows, and the calibration map.

#include <cstdint>
#include <vector>

#include "engine/profile/calibrator.hpp"

namespace longwatch {

struct OutcomeTable;

/// Of the estimated table of one cell. The calibration map is a vector of parameters (isotonic: the levels of its
/// blocks; scores used as they are: intercept and slope on the logit scale) whose estimates vary with the reference's
/// labels.
struct EstimateNoise {
  // By prediction, over the rows: sums of 1, c, c^2, c^3, c^4, of c (1 - c), and of c (1 - c) (1 - 2 c).
  double power[2][5] = {};
  double label[2] = {0, 0};
  double label_third[2] = {0, 0};
  /// Isotonic: by block, the variance of its level, c (1 - c) / (labels of the block), and the cell's rows in it.
  double labels = 0;  ///< of all blocks: reference rows that the map was learned from
  std::vector<double> level_variance;
  std::vector<double> block_rows[2];
  std::vector<std::uint32_t> block_of;  ///< by score
  /// Scores as they are: sums over the rows of c (1 - c) (1, logit c), by prediction, and the inverse of the
  /// reference's information on (intercept, slope): a, b, d of [a b; b d]; zero where it is not known.
  double slope[2][2] = {};
  double inverse[3] = {0, 0, 0};
  /// O(scores + knots). `probability` by score of `table`.
  void assign(const OutcomeTable& table, const std::vector<double>& probability, const Calibrator& calibrator);
};

/// Variance that the calibration map gives a metric with dT / d(label of a row) = d[prediction]: constant by prediction.
double calibrator_variance(const EstimateNoise& noise, const double d[2]);
/// The same where it depends on the score. `moves`: by score of `table`, its rows times d. O(scores).
double calibrator_variance(const EstimateNoise& noise, const OutcomeTable& table,
                           const std::vector<double>& probability, const std::vector<double>& moves);

}  // namespace longwatch
