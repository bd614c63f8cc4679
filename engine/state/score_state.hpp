#pragma once
// The state of a classifier's scores in one cell: the exact multiset of (score, predicted class, label).

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/state/bytes.hpp"

namespace longwatch {

/// The most distinct (score, prediction, label) keys of one cell, over all classes together; beyond that scores are
/// kept on a grid of 2^16 cells.
inline constexpr std::size_t kMaxScoreKeys = std::size_t{1} << 20;
inline constexpr double kScoreGrid = 65536;

/// What is known of a row's label, as seen by one class: not this class, this class, not known (yet).
enum class LabelCode : std::uint8_t { negative, positive, unknown };

/// Rows that share score, prediction and label. Ordered by (score, code).
struct ScoreEntry {
  double score = 0;          ///< in [0, 1]
  std::uint64_t packed = 0;  ///< count << 3 | code
  [[nodiscard]] int code() const { return static_cast<int>(packed & 7); }
  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(packed >> 3); }
  [[nodiscard]] bool predicted() const { return code() >= 3; }  ///< predicted as this class
  [[nodiscard]] LabelCode label() const { return static_cast<LabelCode>(code() % 3); }
  static ScoreEntry of(double score, int code, std::int64_t count) {
    return {score, (static_cast<std::uint64_t>(count) << 3) | static_cast<std::uint64_t>(code)};
  }
  static constexpr int code_of(bool predicted, LabelCode label) {
    return (predicted ? 3 : 0) + static_cast<int>(label);
  }
  bool operator==(const ScoreEntry&) const = default;
};

/// The score on the grid: the middle of its cell of [0, 1] (1 belongs to the last cell).
double grid_score(double score);

/// Nothing vanishes: rows == scored() + the sums of `unscored` and `unpredicted`.
struct ScoreState {
  std::int64_t rows = 0;
  std::int64_t missing_scores = 0;        ///< null or NaN
  std::int64_t invalid_scores = 0;        ///< outside [0, 1], or infinite
  std::int64_t unmapped_predictions = 0;  ///< of no known class; the row counts as one without a prediction
  std::int64_t unmapped_labels = 0;       ///< of no known class; the label counts as unknown
  std::int64_t unscored[6] = {};          ///< by code: rows with a prediction and no usable score
  std::int64_t unpredicted[3] = {};       ///< by label: rows with neither
  bool gridded = false;                   ///< scores are those of grid_score, each within 2^-17 of the row's
  std::vector<ScoreEntry> entries;        ///< increasing by (score, code); a row without prediction has one by cutoff

  [[nodiscard]] std::int64_t scored() const;
  /// Rows with a known label, with or without a score.
  [[nodiscard]] std::int64_t labelled() const;
  /// Adds the entries of one part of the rows, sorted and without repeats; goes to the grid beyond kMaxScoreKeys. O(n).
  void add(std::span<const ScoreEntry> sorted);
  /// Puts the scores on the grid. O(n).
  void to_grid();
  void merge(const ScoreState& other);
  bool operator==(const ScoreState&) const = default;
  void serialize(ByteWriter& out) const;
  /// Fails on entries out of order, scores outside [0, 1], counts below 1, or counts that do not add up to `rows`.
  static Result<ScoreState> deserialize(ByteReader& in);
};

/// All of them merged, two and two, halves side by side. O(n log states).
ScoreState merge_scores(std::span<const ScoreState> states);

/// Sorts entries by (score, code) and adds up the counts of equal keys. O(n log n).
void sort_scores(std::vector<ScoreEntry>& entries);

/// One row's score in [0, 1] (not -0) and what is known of its label, as an integer in their order.
inline std::uint64_t score_key(double score, LabelCode label) {
  return std::bit_cast<std::uint64_t>(score) << 2 | static_cast<std::uint64_t>(label);  // at most 62 bits and 2
}
/// Rows by predicted class, each a score_key, become entries: what sort_scores makes of one entry a row, some ten times
/// as fast. Leaves the keys sorted. O(n log n).
void count_scores(std::vector<std::uint64_t> (&keys)[2], std::vector<ScoreEntry>& out);

}  // namespace longwatch
