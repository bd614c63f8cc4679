// Score items as jobs of the module, and its runs of equal keys as entries. The kernels are in scores.cu.

#include <algorithm>
#include <bit>
#include <iterator>
#include <vector>

#include "cuda/session.hpp"

namespace longwatch::cuda {
namespace {

/// Entries by predicted class, as they come.
struct Taker {
  std::vector<ScoreEntry> entries[2];

  /// Called by the module: nothing may be thrown into it.
  static void take(void* taker, std::int32_t predicted, const std::uint64_t* keys, const std::int64_t* rows,
                   std::int64_t count) noexcept {
    std::vector<ScoreEntry>& out = static_cast<Taker*>(taker)->entries[predicted];
    for (std::int64_t i = 0; i < count; ++i) {
      const int code = static_cast<int>(keys[i] & 3) + (predicted == 1 ? 3 : 0);
      out.push_back(ScoreEntry::of(std::bit_cast<double>(keys[i] >> 2), code, rows[i]));
    }
  }
};

void add(const ScoreCounts& counts, const Taker& taker, const ScoreItem& item) {
  ScoreState& out = *item.out;
  out.rows += item.rows.count;
  out.missing_scores += counts.missing_scores;
  out.invalid_scores += counts.invalid_scores;
  out.unmapped_predictions += counts.unmapped_predictions;
  out.unmapped_labels += counts.unmapped_labels;
  for (int i = 0; i < 6; ++i) out.unscored[i] += counts.unscored[i];
  for (int i = 0; i < 3; ++i) out.unpredicted[i] += counts.unpredicted[i];
  out.entries.clear();
  // Of equal scores those not predicted come first, as their codes are smaller.
  std::merge(taker.entries[0].begin(), taker.entries[0].end(), taker.entries[1].begin(), taker.entries[1].end(),
             std::back_inserter(out.entries),
             [](const ScoreEntry& a, const ScoreEntry& b) { return a.score < b.score; });
}

}  // namespace

Result<void> run_scores(const Session& session, std::span<const ScoreItem> items, Status& status) {
  Pins pins(session);
  std::vector<ScoreCounts> counts(items.size());
  std::vector<Taker> takers(items.size());
  std::vector<ScoreJob> jobs;
  for (const ScoreItem& item : items) {
    const std::size_t i = jobs.size();
    jobs.push_back({pins.column_of(item.score), classes_of(item.prediction, pins), classes_of(item.label, pins),
                    item.cutoff, rows_of(item.rows), &counts[i], &takers[i], Taker::take});
  }
  session.module().scores(session.context(), jobs.data(), static_cast<std::int64_t>(jobs.size()), &status);
  if (status.code != kDone) return {};
  for (std::size_t i = 0; i < items.size(); ++i) add(counts[i], takers[i], items[i]);
  return {};
}

}  // namespace longwatch::cuda
