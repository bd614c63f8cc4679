#pragma once
// From a model's scores to probabilities: isotonic regression on the reference's labels, or the scores themselves.

#include <string>
#include <vector>

namespace longwatch {

/// A calibration map. Without knots the scores are used as they are.
struct Calibrator {
  /// Knots of a non-decreasing map, scores strictly increasing: linear between them, constant beyond (as
  /// sklearn.isotonic.IsotonicRegression with out_of_bounds='clip'). The first and the last score of each block of the
  /// isotonic regression; blocks have different probabilities.
  std::vector<double> scores;
  std::vector<double> probabilities;
  std::vector<double> weights;  ///< labelled reference rows of the knot's block (twice, where it has two knots)
  /// Without knots: sums over the reference rows with a label of w, w l and w l^2, where w = s (1 - s), l = logit s and
  /// s is the score clamped to [1e-12, 1 - 1e-12]: how well the reference knows that the scores are calibrated.
  double information[3] = {0, 0, 0};
  double error_before = 0;  ///< expected calibration error of the scores, cross-validated on the reference
  double error_after = 0;   ///< that of the isotonic map; both 0 where they were not compared
  /// The inner deciles of the reference's scores, strictly increasing: the bins of calibration curves are right-closed
  /// at them.
  std::vector<double> deciles;

  /// The probability that a row with this score belongs to the class. O(log knots).
  [[nodiscard]] double probability(double score) const;
  bool operator==(const Calibrator&) const = default;
};

/// Reads a map at scores that come in order, up or down: O(1) for each of many. The map is borrowed.
class CalibratorWalk {
 public:
  explicit CalibratorWalk(const Calibrator& map) : map_(map) {}
  /// As Calibrator::probability.
  double at(double score);
  /// The knots that the last probability lies between (the same one where it is beyond the first or last), and the
  /// share of the upper one. Of a map with knots.
  struct Place {
    std::size_t lower = 0;
    std::size_t upper = 0;
    double share = 0;
  };
  [[nodiscard]] const Place& place() const { return place_; }

 private:
  const Calibrator& map_;
  Place place_;
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
