// From the multiset of (score, prediction, label) to masses by score.
#include "engine/metrics/classifier_view.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/metrics/reference_figures.hpp"
#include "engine/state/compensated.hpp"

namespace longwatch {
namespace {

// Room for `scores`; what is there stays.
void resize(OutcomeTable& table, std::size_t scores) {
  table.score.resize(scores);
  for (auto* masses : {table.positive, table.negative}) {
    masses[0].resize(scores);
    masses[1].resize(scores);
  }
}

void close(OutcomeTable& table) {
  CompensatedSum positive[2], negative[2];
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    for (int p = 0; p < 2; ++p) {
      positive[p].add(table.positive[p][j]);
      negative[p].add(table.negative[p][j]);
    }
  }
  table.true_positive = positive[1].value() + table.unscored_positive[1];
  table.false_negative = positive[0].value() + table.unscored_positive[0];
  table.false_positive = negative[1].value() + table.unscored_negative[1];
  table.true_negative = negative[0].value() + table.unscored_negative[0];
  table.rows = table.true_positive + table.false_negative + table.false_positive + table.true_negative;
}

bool estimable(const PerformanceProfile& profile) {
  return profile.not_estimated.empty() && profile.unusable.empty() && !profile.calibrators.empty();
}

}  // namespace

double log_loss_of(double probability) {
  constexpr double kEps = std::numeric_limits<double>::epsilon();
  return -std::log(std::clamp(probability, kEps, 1 - kEps));
}

std::span<const double> score_bin_edges(const PerformanceProfile& profile) {
  static constexpr double kTenths[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
  if (profile.calibrators.empty()) return kTenths;
  return profile.calibrators.front().deciles;
}

void ClassifierView::assign_masses(const ScoreState& state, const PerformanceProfile& profile) {
  scores = &state;
  performance = &profile;
  fill_realized();
  if (estimable(profile)) {
    fill_estimated();
  } else {
    resize(estimated, 0);
    calibrated.clear();
  }
}

void ClassifierView::assign(const ScoreState& state, const PerformanceProfile& profile) {
  assign_masses(state, profile);
  figures.reset();
  replicates.reset();
  fill_log_losses();
  fill_bins();
  close(realized);
  close(estimated);
  if (estimable(profile)) noise.assign(estimated, calibrated, profile.calibrators.front());
  labels_rate = state.rows == 0 ? std::numeric_limits<double>::quiet_NaN()
                                : static_cast<double>(state.labelled()) / static_cast<double>(state.rows);
}

void ClassifierView::assign_reference(const ScoreState& state, const PerformanceProfile& profile) {
  assign(state, profile);
  figures = std::make_shared<const FiguresOfReference>(*this);
}

void ClassifierView::fill_realized() {
  const std::vector<ScoreEntry>& entries = scores->entries;
  resize(realized, entries.size());
  std::size_t end = 0;
  for (auto entry = entries.rbegin(); entry != entries.rend();) {
    const double score = entry->score;
    std::int64_t rows[6] = {};  // by code
    for (; entry != entries.rend() && entry->score == score; ++entry) rows[entry->code()] = entry->count();
    if (rows[0] + rows[1] + rows[3] + rows[4] == 0) continue;  // no label is known
    realized.score[end] = score;
    for (int predicted = 0; predicted < 2; ++predicted) {
      realized.negative[predicted][end] = static_cast<double>(rows[3 * predicted]);
      realized.positive[predicted][end] = static_cast<double>(rows[3 * predicted + 1]);
    }
    ++end;
  }
  resize(realized, end);
  for (int predicted = 0; predicted < 2; ++predicted) {
    realized.unscored_negative[predicted] = static_cast<double>(scores->unscored[3 * predicted]);
    realized.unscored_positive[predicted] = static_cast<double>(scores->unscored[3 * predicted + 1]);
  }
}

// Counts of a score add up to integers before they are multiplied, so labels do not change an estimate's last bits.
void ClassifierView::fill_estimated() {
  CalibratorWalk walk(performance->calibrators.front());
  const std::vector<ScoreEntry>& entries = scores->entries;
  resize(estimated, entries.size());
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
  resize(estimated, end);
  calibrated.resize(end);
}

// Both tables' scores are mostly the same: a logarithm is worked out once.
void ClassifierView::fill_log_losses() {
  const auto fill = [](OutcomeTable& table, const OutcomeTable* known) {
    for (auto& losses : table.log_loss) losses.resize(table.score.size());
    std::size_t at = 0;
    for (std::size_t j = 0; j < table.score.size(); ++j) {
      const double score = table.score[j];
      if (known != nullptr) {
        while (known->score[at] != score) ++at;
      }
      table.log_loss[0][j] = known != nullptr ? known->log_loss[0][at] : log_loss_of(1 - score);
      table.log_loss[1][j] = known != nullptr ? known->log_loss[1][at] : log_loss_of(score);
    }
  };
  fill(estimated, nullptr);
  fill(realized, estimated.score.empty() ? nullptr : &estimated);
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
