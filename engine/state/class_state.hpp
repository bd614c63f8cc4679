#pragma once
// The state of a classifier of several classes in one cell: every class against the rest, the confusion matrix, and the
// sums of calibrated scores.

#include <cstdint>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/state/bytes.hpp"
#include "engine/state/score_state.hpp"

namespace longwatch {

/// The most classes of one model.
inline constexpr int kMaxClasses = 256;
/// Up to so many classes the sums of all products of calibrated scores are kept, beyond that of squares only.
inline constexpr int kMaxProductClasses = 8;

/// Sums kept by predicted class: the products p_c p_d (d <= c, row by row of the lower triangle), or the squares.
constexpr std::size_t product_sums(std::size_t classes) {
  return classes <= kMaxProductClasses ? classes * (classes + 1) / 2 : classes;
}
/// Where the sum of p_c p_d is among them; d <= c, and d == c beyond kMaxProductClasses.
constexpr std::size_t product_at(std::size_t classes, std::size_t c, std::size_t d) {
  return classes <= kMaxProductClasses ? c * (c + 1) / 2 + d : c;
}

/// Rows that share a class's score, whether they are predicted as it, and what is known of their label.
struct ClassEntry {
  ScoreEntry key;  ///< with the rows' count
  int128 sum = 0;  ///< of their calibrated scores of this class, in units of 2^-40; 0 without calibration
  bool operator==(const ClassEntry&) const = default;
};

/// Rows predicted as one class. Sums are over scored rows, in units of 2^-40.
struct PredictedRows {
  std::uint32_t predicted = 0;
  std::vector<std::int64_t> labels;  ///< by label, then those whose label is unknown (K + 1)
  std::int64_t scored = 0;           ///< those with usable scores
  std::vector<int128> sums;          ///< by class: calibrated scores (K)
  std::vector<int128> products;      ///< product_sums(K), see product_at
  bool operator==(const PredictedRows&) const = default;
};

/// Nothing vanishes: rows == the labels of all predicted rows + `unpredicted`, and a row is scored, or counted once in
/// one of the three reasons why it is not. A scored row without a prediction counts as predicted as the class with the
/// largest score, the first of equal ones.
struct ClassState {
  std::int64_t rows = 0;
  std::int64_t missing_scores = 0;               ///< a score is null or NaN
  std::int64_t invalid_scores = 0;               ///< none is missing, one lies outside [0, 1]
  std::int64_t unnormalised_scores = 0;          ///< all lie in [0, 1] and do not add up to 1
  std::int64_t unmapped_predictions = 0;         ///< of no known class; the row counts as one without a prediction
  std::int64_t unmapped_labels = 0;              ///< of no known class; the label counts as unknown
  std::size_t classes = 0;                       ///< K; 0 without rows, and then all vectors are empty
  bool gridded = false;                          ///< scores are those of grid_score, each within 2^-17 of the row's
  std::vector<PredictedRows> predicted;          ///< the classes that were predicted, increasing
  std::vector<std::int64_t> unpredicted;         ///< by label (K + 1): rows with neither prediction nor usable scores
  std::vector<std::vector<ClassEntry>> entries;  ///< by class, increasing by (score, code); none where it has no score

  [[nodiscard]] std::int64_t scored() const { return rows - missing_scores - invalid_scores - unnormalised_scores; }
  /// Rows with a known label.
  [[nodiscard]] std::int64_t labelled() const;
  /// The rows predicted as a class, or null where there are none. O(log K).
  [[nodiscard]] const PredictedRows* rows_predicted(std::size_t predicted_class) const;
  /// Entries of all classes.
  [[nodiscard]] std::size_t keys() const;
  /// Puts the scores of all classes on the grid. O(n log n).
  void to_grid();
  /// Both states must be of the same classes, or one without rows. Goes to the grid beyond kMaxScoreKeys keys.
  void merge(const ClassState& other);
  bool operator==(const ClassState&) const = default;
  void serialize(ByteWriter& out) const;
  /// Fails on another number of classes than `classes` (unless without rows), entries out of order, scores outside
  /// [0, 1], sums beyond their rows, or counts that do not add up.
  static Result<ClassState> deserialize(ByteReader& in, std::size_t classes);
};

/// What one backend item adds: dense, at most 2^20 rows (row::kFlushRows) before it is taken.
struct ClassPartial {
  ClassState counts;                             ///< only its six counts of rows are used
  std::vector<std::int64_t> labels;              ///< K x (K + 1)
  std::vector<std::int64_t> scored;              ///< K: scored rows by predicted class
  std::vector<std::int64_t> sums;                ///< K x K
  std::vector<std::int64_t> products;            ///< K x product_sums(K)
  std::vector<std::int64_t> unpredicted;         ///< K + 1
  std::vector<std::vector<ClassEntry>> entries;  ///< by class, in any order, keys may repeat
  /// Makes room for K classes and zeroes everything. O(K^2), or O(K^3) up to kMaxProductClasses.
  void reset(std::size_t classes);
  /// Its rows as a state of their own; entries are sorted in place. O(n log n).
  [[nodiscard]] ClassState take();
};

}  // namespace longwatch
