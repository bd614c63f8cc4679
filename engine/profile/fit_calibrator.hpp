#pragma once
// Learns from the reference's labels how scores become probabilities.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/profile/calibrator.hpp"
#include "engine/state/score_state.hpp"

namespace longwatch {

/// Rows with this score whose label is known, and how many of them are positive.
struct LabelledScore {
  double score = 0;
  std::int64_t positive = 0;
  std::int64_t rows = 0;
};

/// By distinct score, increasing; rows with an unknown label are left out. O(entries).
std::vector<LabelledScore> labelled_scores(const ScoreState& state);

/// Isotonic regression of the label on the score: pool adjacent violators, in integers, so the blocks are exact. Fills
/// scores, probabilities and weights; no knots without rows. O(scores).
/// Source: Ayer et al. 1955; knots as sklearn's X_thresholds_ and y_thresholds_.
Calibrator isotonic(std::span<const LabelledScore> table);

/// What fit_calibrator compares: the expected calibration error (10 bins of equal count; tied scores are divided in
/// proportion) of held-out rows, by their scores and by the isotonic map of the other rows; the mean over 8 folds,
/// dealt in 10 ways. Bins are of one fold: over all folds together, the mean of the held-out map is that of the labels,
/// whatever the scores, and every map would seem to help. Folds are drawn by a fair coin for each row that depends on
/// score and label only, so the order of rows does not matter. Beyond 1,024 distinct scores neighbours count as one, at
/// their mean. O(scores + rows / 64).
struct CalibrationErrors {
  double before = 0;
  double after = 0;
};
CalibrationErrors cross_validated_errors(std::span<const LabelledScore> table);

/// The inner deciles of all scored rows, labelled or not: scores of the state, strictly increasing, below the largest.
std::vector<double> score_deciles(const ScoreState& state);

/// The isotonic map, where it lowers the cross-validated calibration error (the scores are off by more than the noise
/// of the labels that a map is learned from); no knots where it does not, where only one class has labels, or where the
/// classes are almost apart (ROC AUC > 0.999, as NannyML). `deciles` in any case.
Calibrator fit_calibrator(const ScoreState& reference);

}  // namespace longwatch
