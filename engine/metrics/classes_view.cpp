// From the multisets of every class to masses by score; totals come from exact integers.
#include "engine/metrics/classes_view.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/state/class_row.hpp"

namespace longwatch {
namespace {

double mass_of(int128 sum) { return std::ldexp(static_cast<double>(sum), -row::kProbabilityBits); }

void clear(OutcomeTable& table) {
  table.score.clear();
  for (auto* masses : {table.positive, table.negative}) {
    masses[0].clear();
    masses[1].clear();
  }
  for (int p = 0; p < 2; ++p) table.unscored_positive[p] = table.unscored_negative[p] = 0;
}

void add_score(OutcomeTable& table, double score) {
  if (!table.score.empty() && table.score.back() == score) return;
  table.score.push_back(score);
  for (auto* masses : {table.positive, table.negative}) {
    masses[0].push_back(0);
    masses[1].push_back(0);
  }
}

void set_confusion(OutcomeTable& table, const ClassMatrix& matrix, std::size_t c) {
  table.true_positive = matrix.at(c, c);
  table.false_positive = matrix.predicted_rows(c) - table.true_positive;
  table.false_negative = matrix.label_rows(c) - table.true_positive;
  table.rows = matrix.rows;
  const double others = table.rows - table.true_positive - table.false_positive - table.false_negative;
  table.true_negative = std::max(0.0, others);  // estimates are rounded
}

// Counts are exact, so what the scored rows leave of the confusion matrix are the rows without usable scores.
void set_unscored(OutcomeTable& table) {
  const auto rest = [](double all, const std::vector<double>& scored) {
    for (const double mass : scored) all -= mass;
    return all;
  };
  table.unscored_positive[1] = rest(table.true_positive, table.positive[1]);
  table.unscored_positive[0] = rest(table.false_negative, table.positive[0]);
  table.unscored_negative[1] = rest(table.false_positive, table.negative[1]);
  table.unscored_negative[0] = rest(table.true_negative, table.negative[0]);
}

void fill_realized(ClassView& view, const std::vector<ClassEntry>& entries) {
  OutcomeTable& table = view.realized;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->key.label() == LabelCode::unknown) continue;
    add_score(table, entry->key.score);
    auto* masses = entry->key.label() == LabelCode::positive ? table.positive : table.negative;
    masses[entry->key.predicted() ? 1 : 0].back() += static_cast<double>(entry->key.count());
  }
  set_unscored(table);
}

void fill_estimated(ClassView& view, const std::vector<ClassEntry>& entries) {
  OutcomeTable& table = view.estimated;
  int128 sums[2] = {0, 0};  // of the score at hand, by prediction
  std::int64_t counts[2] = {0, 0};
  const auto close = [&] {
    for (int p = 0; p < 2; ++p) {
      table.positive[p].back() = mass_of(sums[p]);
      table.negative[p].back() = mass_of((static_cast<int128>(counts[p]) << row::kProbabilityBits) - sums[p]);
      sums[p] = 0;
    }
    view.calibrated.push_back((table.positive[0].back() + table.positive[1].back()) /
                              static_cast<double>(counts[0] + counts[1]));
    counts[0] = counts[1] = 0;
  };
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (!table.score.empty() && table.score.back() != entry->key.score) close();
    add_score(table, entry->key.score);
    const int predicted = entry->key.predicted() ? 1 : 0;
    sums[predicted] += entry->sum;
    counts[predicted] += entry->key.count();
  }
  if (!table.score.empty()) close();
}

void clear(ClassMatrix& matrix, std::size_t classes) {
  matrix.classes = classes;
  matrix.mass.assign(classes * classes, 0);
  matrix.rows = 0;
}

}  // namespace

double ClassMatrix::predicted_rows(std::size_t predicted) const {
  double sum = 0;
  for (std::size_t label = 0; label < classes; ++label) sum += at(predicted, label);
  return sum;
}

double ClassMatrix::label_rows(std::size_t label) const {
  double sum = 0;
  for (std::size_t predicted = 0; predicted < classes; ++predicted) sum += at(predicted, label);
  return sum;
}

void ClassesView::assign(const ClassState& cell, const PerformanceProfile& profile) {
  state = &cell;
  performance = &profile;
  figures.known.clear();
  const std::size_t k = profile.classes.size();
  clear(realized, k);
  clear(estimated, k);
  const bool estimable = profile.not_estimated.empty() && profile.unusable.empty() && !profile.calibrators.empty();
  for (const PredictedRows& rows : cell.predicted) {
    for (std::size_t c = 0; c < k; ++c) {
      realized.mass[rows.predicted * k + c] = static_cast<double>(rows.labels[c]);
      realized.rows += static_cast<double>(rows.labels[c]);
      if (estimable) estimated.mass[rows.predicted * k + c] = mass_of(rows.sums[c]);
    }
    if (estimable) estimated.rows += static_cast<double>(rows.scored);
  }
  classes.resize(k);
  static const std::vector<ClassEntry> kNone;
  for (std::size_t c = 0; c < k; ++c) {
    ClassView& view = classes[c];
    const std::vector<ClassEntry>& entries = cell.classes == 0 ? kNone : cell.entries[c];
    view.scored = !entries.empty();
    clear(view.realized);
    clear(view.estimated);
    view.calibrated.clear();
    set_confusion(view.realized, realized, c);
    set_confusion(view.estimated, estimated, c);
    fill_realized(view, entries);
    if (estimable) fill_estimated(view, entries);
  }
  labels_rate = cell.rows == 0 ? std::numeric_limits<double>::quiet_NaN()
                               : static_cast<double>(cell.labelled()) / static_cast<double>(cell.rows);
}

}  // namespace longwatch
