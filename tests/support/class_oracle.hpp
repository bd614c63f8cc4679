#pragma once
// Slow and obvious updates of a ClassState, one row at a time; uses the row formulas and nothing of a backend.

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "engine/state/class_row.hpp"
#include "engine/state/class_state.hpp"

namespace longwatch::test {

/// One row. `predicted` and `label`: a class, -1 where missing, -2 where it is no class. Scores by scored class;
/// nothing where null.
struct ClassRow {
  std::vector<std::optional<double>> scores;
  int predicted = -1;
  int label = -1;
};

/// A calibration map by scored class: knots' scores and probabilities.
struct OracleMap {
  std::vector<double> scores;
  std::vector<double> probabilities;
};

inline void count_predicted(ClassState& state, std::uint32_t predicted, std::size_t known, bool scored,
                            const std::vector<double>& p) {
  const std::size_t k = state.classes;
  auto at = std::find_if(state.predicted.begin(), state.predicted.end(),
                         [&](const PredictedRows& rows) { return rows.predicted >= predicted; });
  if (at == state.predicted.end() || at->predicted != predicted) {
    PredictedRows fresh;
    fresh.predicted = predicted;
    fresh.labels.assign(k + 1, 0);
    fresh.sums.assign(k, 0);
    fresh.products.assign(product_sums(k), 0);
    at = state.predicted.insert(at, fresh);
  }
  at->labels[known] += 1;
  if (!scored) return;
  at->scored += 1;
  for (std::size_t c = 0; c < k; ++c) {
    at->sums[c] += std::llrint(p[c] * 0x1p40);
    for (std::size_t d = 0; d <= c; ++d) {
      if (d == c || k <= static_cast<std::size_t>(kMaxProductClasses))
        at->products[product_at(k, c, d)] += std::llrint(p[c] * p[d] * 0x1p40);
    }
  }
}

inline void count_entry(std::vector<ClassEntry>& entries, double score, int code, double p) {
  const auto at = std::find_if(entries.begin(), entries.end(), [&](const ClassEntry& entry) {
    return entry.key.score > score || (entry.key.score == score && entry.key.code() >= code);
  });
  const int128 term = std::llrint(p * 0x1p40);
  if (at == entries.end() || at->key.score != score || at->key.code() != code) {
    entries.insert(at, {ScoreEntry::of(score, code, 1), term});
    return;
  }
  at->key = ScoreEntry::of(score, code, at->key.count() + 1);
  at->sum += term;
}

/// Adds a row of `classes` classes, of which `scored` (increasing) have a score. `maps` by scored class; empty: no
/// calibrated sums. Does not go to the grid by itself.
inline void update_classes(ClassState& state, std::size_t classes, const std::vector<int>& scored,
                           const std::vector<OracleMap>& maps, const ClassRow& row) {
  if (state.classes == 0) {
    state.classes = classes;
    state.unpredicted.assign(classes + 1, 0);
    state.entries.resize(classes);
  }
  state.rows += 1;
  state.unmapped_predictions += row.predicted == -2;
  state.unmapped_labels += row.label == -2;
  const bool missing = std::any_of(row.scores.begin(), row.scores.end(), [](auto s) { return !s || std::isnan(*s); });
  const bool invalid =
      !missing && std::any_of(row.scores.begin(), row.scores.end(), [](auto s) { return !(*s >= 0 && *s <= 1); });
  double sum = 0;
  for (const auto score : row.scores) sum += score.value_or(0);
  const bool unnormalised = !missing && !invalid && !(std::abs(sum - 1) <= 1e-3);
  state.missing_scores += missing;
  state.invalid_scores += invalid;
  state.unnormalised_scores += unnormalised;
  const bool usable = !missing && !invalid && !unnormalised;
  const std::size_t known = row.label < 0 ? classes : static_cast<std::size_t>(row.label);
  int predicted = row.predicted;
  if (predicted < 0 && usable)
    predicted =
        scored[static_cast<std::size_t>(std::max_element(row.scores.begin(), row.scores.end()) - row.scores.begin())];
  if (predicted < 0) {
    state.unpredicted[known] += 1;
    return;
  }
  std::vector<double> p(classes, 0);
  double total = 0;
  for (std::size_t i = 0; usable && i < maps.size(); ++i) {
    p[static_cast<std::size_t>(scored[i])] =
        row::calibrated(maps[i].scores.data(), maps[i].probabilities.data(),
                        static_cast<std::int64_t>(maps[i].scores.size()), *row.scores[i]);
    total += p[static_cast<std::size_t>(scored[i])];
  }
  for (std::size_t i = 0; usable && i < maps.size(); ++i) {
    double& own = p[static_cast<std::size_t>(scored[i])];
    own = total > 0 ? own / total : 1.0 / static_cast<double>(scored.size());
  }
  count_predicted(state, static_cast<std::uint32_t>(predicted), known, usable, p);
  for (std::size_t i = 0; usable && i < scored.size(); ++i) {
    const LabelCode label = row.label < 0            ? LabelCode::unknown
                            : row.label == scored[i] ? LabelCode::positive
                                                     : LabelCode::negative;
    const auto c = static_cast<std::size_t>(scored[i]);
    count_entry(state.entries[c], *row.scores[i] + 0.0, ScoreEntry::code_of(predicted == scored[i], label), p[c]);
  }
}

}  // namespace longwatch::test
