#pragma once
// Cells of a binary classifier for the metrics' tests.

#include <map>
#include <optional>

#include "engine/metrics/classifier_view.hpp"
#include "tests/unit/metrics/cells.hpp"

namespace longwatch::test {

/// `rows` rows of one score, prediction and label (none: not known).
struct ScoreRows {
  double score;
  bool predicted;
  std::optional<bool> label;
  std::int64_t rows = 1;
};

inline ScoreState score_state(const std::vector<ScoreRows>& table) {
  ScoreState out;
  std::vector<ScoreEntry> entries;
  for (const ScoreRows& row : table) {
    const LabelCode label = !row.label ? LabelCode::unknown : *row.label ? LabelCode::positive : LabelCode::negative;
    entries.push_back(ScoreEntry::of(row.score, ScoreEntry::code_of(row.predicted, label), row.rows));
    out.rows += row.rows;
  }
  sort_scores(entries);
  out.add(entries);
  return out;
}

inline const Metric& metric(std::string_view name, Family family) {
  for (const Metric* entry : all_metrics()) {
    if (entry->name == name && entry->family == family) return *entry;
  }
  ADD_FAILURE() << "no metric " << name << " in " << family_name(family);
  return *all_metrics().front();
}

/// One cell, with a profile whose only calibrator is the given one.
struct ScoreCell {
  PerformanceProfile profile;
  ScoreState state;
  ClassifierView view;

  ScoreCell(ScoreState of, Calibrator calibrator) : state(std::move(of)) {
    profile.calibrators.push_back(std::move(calibrator));
    refresh();
  }
  explicit ScoreCell(const std::vector<ScoreRows>& table, Calibrator calibrator = {})
      : ScoreCell(score_state(table), std::move(calibrator)) {}
  ScoreCell(const ScoreCell&) = delete;

  /// After a change to the state or the profile.
  void refresh() { view.assign_reference(state, profile); }
  [[nodiscard]] MetricInput input() const {
    MetricInput out;
    out.classifier = &view;
    out.rows = state.rows;
    return out;
  }
  [[nodiscard]] MetricValue realized(std::string_view name) const {
    return metric(name, Family::realized_performance).compute(input());
  }
  [[nodiscard]] MetricValue estimated(std::string_view name) const {
    return metric(name, Family::estimated_performance).compute(input());
  }
};

}  // namespace longwatch::test
