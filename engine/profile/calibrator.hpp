#pragma once
// From a model's scores to probabilities: isotonic regression on the reference's labels, or the scores themselves.

#include <string>
#include <vector>

namespace longwatch {

/// A calibration map. Without knots the scores are used as they are.
struct Calibrator {
  /// Knots of a non-decreasing map, scores strictly increasing: linear between them, constant beyond (as
  /// sklearn.isotonic.IsotonicRegression with out_of_bounds='clip').
  std::vector<double> scores;
  std::vector<double> probabilities;
  /// By knot: reference rows with a label in the knot's block of equal probability (its two knots say the same).
  std::vector<double> labels;
  /// Without knots: sums over the reference rows with a label of w, w l and w l^2, where w = s (1 - s), l = logit s and
  /// s is the score clamped to [1e-12, 1 - 1e-12]: how well the reference knows that the scores are calibrated.
  double information[3] = {0, 0, 0};
  double error_before = 0;  ///< expected calibration error of the scores, cross-validated on the reference
  double error_after = 0;   ///< that of the isotonic map

  /// The probability that a row with this score belongs to the class. O(log knots).
  [[nodiscard]] double probability(double score) const;
  bool operator==(const Calibrator&) const = default;
};

/// What is known of a model's performance from its reference.
struct PerformanceProfile {
  /// Empty, or why performance can be neither realized nor estimated ("undefined: the model has no task").
  std::string unusable;
  /// Empty, or why it cannot be estimated ("undefined: the reference has no labels").
  std::string not_estimated;
  /// Canonical labels (see model/class_labels.hpp). Binary: the negative, then the positive one ("" where the reference
  /// has only one). Multiclass: in bytewise order. Regression: none.
  std::vector<std::string> classes;
  std::vector<Calibrator> calibrators;  ///< binary: one; multiclass: by class; empty where `not_estimated`
  bool operator==(const PerformanceProfile&) const = default;
};

}  // namespace longwatch
