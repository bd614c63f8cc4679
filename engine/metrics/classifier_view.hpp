#pragma once
// A cell of a binary classifier (or one class of a multiclass one, against the rest) made ready for its metrics.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/metrics/estimate_noise.hpp"
#include "engine/profile/calibrator.hpp"
#include "engine/state/score_state.hpp"

namespace longwatch {

/// Rows by score and prediction, each as a mass of positive and of negative outcomes. Realized: counts of the rows
/// whose label is known. Estimated: count * c and count * (1 - c) over all scored rows, c the calibrated score; label
/// or not. Every performance metric is a function of such a table; index 0 of an array of two is "predicted negative".
struct OutcomeTable {
  std::vector<double> score;        ///< strictly decreasing
  std::vector<double> positive[2];  ///< by prediction, then by score
  std::vector<double> negative[2];
  double unscored_positive[2] = {0, 0};  ///< realized: rows with a prediction and a label, but no usable score
  double unscored_negative[2] = {0, 0};
  double rows = 0;  ///< sum of all masses
  /// By score: -log(1 - score), then -log(score), as log_loss_of; empty: to be worked out by who needs them.
  std::vector<double> log_loss[2];

  // The confusion matrix, over scored and unscored rows.
  double true_positive = 0, false_positive = 0, false_negative = 0, true_negative = 0;

  // Over both predictions.
  [[nodiscard]] double positive_at(std::size_t j) const { return positive[0][j] + positive[1][j]; }
  [[nodiscard]] double negative_at(std::size_t j) const { return negative[0][j] + negative[1][j]; }
};

/// -log(probability), in nats; of 0 and 1 as of 2.2e-16 and 1 less that, as scikit-learn does.
double log_loss_of(double probability);

class FiguresOfReference;  // reference_figures.hpp
namespace metrics {
struct TableReplicates;  // table_replicates.hpp
}

/// Rows with a score in one bin of scores. By label known or not; of the labelled ones the positive ones and the sum of
/// the scores.
struct ScoreBin {
  double labelled = 0;
  double unlabelled = 0;
  double positive = 0;
  double score = 0;
};

/// The inner edges of the bins of scores, which are right-closed at them: the reference's deciles, or tenths where the
/// reference has no calibrator.
std::span<const double> score_bin_edges(const PerformanceProfile& profile);

/// Both tables of one cell. `scores` and `performance` are borrowed.
struct ClassifierView {
  const ScoreState* scores = nullptr;
  const PerformanceProfile* performance = nullptr;
  OutcomeTable realized;
  OutcomeTable estimated;  ///< empty where `performance` says not_estimated
  /// By score of `estimated`: rows and calibrated score, for label noise and calibrator error.
  std::vector<double> calibrated;
  EstimateNoise noise;                          ///< what is uncertain about `estimated`
  std::shared_ptr<const FiguresOfReference> figures;  ///< of a reference: what its chunks need to know of it
  std::vector<ScoreBin> bins;                   ///< by bin of score
  std::array<std::int64_t, 2> predictions{};    ///< rows predicted negative and positive, label or not
  /// Of the bootstrap, drawn when the first metric asks for them.
  mutable std::shared_ptr<metrics::TableReplicates> replicates;
  double labels_rate = 0;                       ///< share of the rows whose label is known; NaN without rows
  /// Makes this the view of another cell, keeping the buffers. O(entries + knots).
  void assign(const ScoreState& state, const PerformanceProfile& profile);
  /// The scores and masses of `realized` and `estimated` alone. O(entries + knots).
  void assign_masses(const ScoreState& state, const PerformanceProfile& profile);
  /// As assign, for a reference: with its figures. O(entries + knots).
  void assign_reference(const ScoreState& state, const PerformanceProfile& profile);

 private:
  void fill_realized();
  void fill_estimated();
  void fill_log_losses();
  void fill_bins();
};

}  // namespace longwatch
