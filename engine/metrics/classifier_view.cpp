// From the multiset of (score, prediction, label) to masses by score.
#include "engine/metrics/classifier_view.hpp"

#include <limits>

#include "engine/metrics/reference_figures.hpp"
#include "engine/state/compensated.hpp"

namespace longwatch {
namespace {

template <class Apply>
void each_vector(OutcomeTable& table, Apply apply) {
  apply(table.score);
  for (auto* masses : {table.positive, table.negative}) {
    apply(masses[0]);
    apply(masses[1]);
  }
}

// An empty table, with room for `scores`: zeros.
void clear(OutcomeTable& table, std::size_t scores) {
  each_vector(table, [&](std::vector<double>& values) { values.assign(scores, 0); });
  for (int p = 0; p < 2; ++p) table.unscored_positive[p] = table.unscored_negative[p] = 0;
}

void cut(OutcomeTable& table, std::size_t scores) {
  each_vector(table, [&](std::vector<double>& values) { values.resize(scores); });
}

double total(const std::vector<double>& masses) {
  CompensatedSum sum;
  for (const double mass : masses) sum.add(mass);
  return sum.value();
}

void close(OutcomeTable& table) {
  table.true_positive = total(table.positive[1]) + table.unscored_positive[1];
  table.false_negative = total(table.positive[0]) + table.unscored_positive[0];
  table.false_positive = total(table.negative[1]) + table.unscored_negative[1];
  table.true_negative = total(table.negative[0]) + table.unscored_negative[0];
  table.rows = table.true_positive + table.false_negative + table.false_positive + table.true_negative;
}

}  // namespace

std::span<const double> score_bin_edges(const PerformanceProfile& profile) {
  static constexpr double kTenths[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
  if (profile.calibrators.empty()) return kTenths;
  return profile.calibrators.front().deciles;
}

void ClassifierView::assign(const ScoreState& state, const PerformanceProfile& profile) {
  scores = &state;
  performance = &profile;
  clear(realized, 0);
  clear(estimated, 0);
  calibrated.clear();
  figures = std::make_shared<FiguresOfReference>();
  replicates.reset();
  const bool estimable = profile.not_estimated.empty() && profile.unusable.empty() && !profile.calibrators.empty();
  fill_realized();
  if (estimable) fill_estimated();
  fill_bins();
  close(realized);
  close(estimated);
  if (estimable) noise.assign(estimated, calibrated, profile.calibrators.front());
  labels_rate = state.rows == 0 ? std::numeric_limits<double>::quiet_NaN()
                                : static_cast<double>(state.labelled()) / static_cast<double>(state.rows);
}

void ClassifierView::fill_realized() {
  const std::vector<ScoreEntry>& entries = scores->entries;
  clear(realized, entries.size());
  std::size_t end = 0;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->label() == LabelCode::unknown) continue;
    if (end == 0 || realized.score[end - 1] != entry->score) realized.score[end++] = entry->score;
    auto* masses = entry->label() == LabelCode::positive ? realized.positive : realized.negative;
    masses[entry->predicted() ? 1 : 0][end - 1] += static_cast<double>(entry->count());
  }
  cut(realized, end);
  for (int predicted = 0; predicted < 2; ++predicted) {
    realized.unscored_negative[predicted] = static_cast<double>(scores->unscored[3 * predicted]);
    realized.unscored_positive[predicted] = static_cast<double>(scores->unscored[3 * predicted + 1]);
  }
}

// Counts of a score add up to integers before they are multiplied, so labels do not change an estimate's last bits.
void ClassifierView::fill_estimated() {
  CalibratorWalk walk(performance->calibrators.front());
  const std::vector<ScoreEntry>& entries = scores->entries;
  clear(estimated, entries.size());
  calibrated.resize(entries.size());
  std::size_t end = 0;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++end) {
    const double score = entry->score;
    std::int64_t rows[2] = {0, 0};
    for (; entry != entries.rend() && entry->score == score; ++entry)
      rows[entry->predicted() ? 1 : 0] += entry->count();
    estimated.score[end] = score;
    calibrated[end] = walk.at(score);
    for (int predicted = 0; predicted < 2; ++predicted) {
      estimated.positive[predicted][end] = static_cast<double>(rows[predicted]) * calibrated[end];
      estimated.negative[predicted][end] = static_cast<double>(rows[predicted]) * (1 - calibrated[end]);
    }
  }
  cut(estimated, end);
  calibrated.resize(end);
}

void ClassifierView::fill_bins() {
  const std::span<const double> edges = score_bin_edges(*performance);
  bins.assign(edges.size() + 1, {});
  predictions = {};
  for (int code = 0; code < 6; ++code) predictions[code / 3] += scores->unscored[code];
  std::size_t at = 0;
  for (const ScoreEntry& entry : scores->entries) {
    while (at < edges.size() && entry.score > edges[at]) ++at;
    predictions[entry.predicted() ? 1 : 0] += entry.count();
    const double count = static_cast<double>(entry.count());
    ScoreBin& bin = bins[at];
    if (entry.label() == LabelCode::unknown) {
      bin.unlabelled += count;
      continue;
    }
    bin.labelled += count;
    bin.score += count * entry.score;
    if (entry.label() == LabelCode::positive) bin.positive += count;
  }
}

}  // namespace longwatch
