// From the multiset of (score, prediction, label) to masses by score.
#include "engine/metrics/classifier_view.hpp"

#include <limits>

#include "engine/state/compensated.hpp"

namespace longwatch {
namespace {

void clear(OutcomeTable& table) {
  table.score.clear();
  for (auto* masses : {table.positive, table.negative}) {
    masses[0].clear();
    masses[1].clear();
  }
  for (int p = 0; p < 2; ++p) table.unscored_positive[p] = table.unscored_negative[p] = 0;
}

void add_score(OutcomeTable& table, double score) {
  table.score.push_back(score);
  for (auto* masses : {table.positive, table.negative}) {
    masses[0].push_back(0);
    masses[1].push_back(0);
  }
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

void ClassifierView::assign(const ScoreState& state, const PerformanceProfile& profile) {
  scores = &state;
  performance = &profile;
  clear(realized);
  clear(estimated);
  calibrated.clear();
  const bool estimable = profile.not_estimated.empty() && profile.unusable.empty() && !profile.calibrators.empty();
  for (auto entry = state.entries.rbegin(); entry != state.entries.rend(); ++entry) {
    const double count = static_cast<double>(entry->count());
    const int predicted = entry->predicted() ? 1 : 0;
    if (estimable) {
      if (estimated.score.empty() || estimated.score.back() != entry->score) {
        add_score(estimated, entry->score);
        calibrated.push_back(profile.calibrators.front().probability(entry->score));
      }
      estimated.positive[predicted].back() += count * calibrated.back();
      estimated.negative[predicted].back() += count * (1 - calibrated.back());
    }
    if (entry->label() == LabelCode::unknown) continue;
    if (realized.score.empty() || realized.score.back() != entry->score) add_score(realized, entry->score);
    auto* masses = entry->label() == LabelCode::positive ? realized.positive : realized.negative;
    masses[predicted].back() += count;
  }
  for (int predicted = 0; predicted < 2; ++predicted) {
    realized.unscored_negative[predicted] = static_cast<double>(state.unscored[3 * predicted]);
    realized.unscored_positive[predicted] = static_cast<double>(state.unscored[3 * predicted + 1]);
  }
  close(realized);
  close(estimated);
  labels_rate = state.rows == 0 ? std::numeric_limits<double>::quiet_NaN()
                                : static_cast<double>(state.labelled()) / static_cast<double>(state.rows);
}

}  // namespace longwatch
