// Counts the rows of score items by (score, prediction, label): keys, a sort, and the lengths of runs of equal keys.
// The twin of cpu/scores.cpp.

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "cuda/atomics.hpp"
#include "cuda/class_column.hpp"
#include "cuda/key_runs.hpp"
#include "cuda/number_row.hpp"
#include "cuda/table.hpp"

namespace longwatch::cuda {
namespace {

/// Whole-item counts on the device. All zero at first.
struct ScoreTotals {
  std::int64_t keys[2];  ///< by predicted class
  ScoreCounts counts;
  std::int64_t broken;  ///< codes beyond their dictionary
};

struct ScoreTask {
  DeviceColumn score;
  DeviceClasses prediction;
  DeviceClasses label;
  double cutoff;
  DeviceRows rows;
  ScoreTotals* totals;
  std::uint64_t* keys[2];  ///< by predicted class, room for all rows each
};

struct KeyLaunch {
  const ScoreTask* tasks;
  Pieces pieces;
};

LW_DEVICE void count_unscored(ScoreCounts& counts, double score, std::int16_t prediction, std::int16_t label) {
  atomic_add(score != score ? &counts.missing_scores : &counts.invalid_scores, std::int64_t{1});
  const int of_label = label == row::kNoClass ? 2 : label;
  atomic_add(prediction == row::kNoClass ? &counts.unpredicted[of_label] : &counts.unscored[3 * prediction + of_label],
             std::int64_t{1});
}

/// What a row is to the item: `predicted` -1 for one that has no key.
struct RowKey {
  int predicted;
  std::uint64_t key;
};

LW_DEVICE RowKey row_key(const ScoreTask& task, std::int64_t row) {
  ScoreTotals& totals = *task.totals;
  const double score = score_at(task.score, row);
  const RowClass prediction = class_at(task.prediction, row);
  const RowClass label = class_at(task.label, row);
  if (prediction.unmapped) atomic_add(&totals.counts.unmapped_predictions, std::int64_t{1});
  if (label.unmapped) atomic_add(&totals.counts.unmapped_labels, std::int64_t{1});
  if (prediction.broken || label.broken) atomic_add(&totals.broken, std::int64_t{1});
  if (!row::usable_score(score)) {
    count_unscored(totals.counts, score, prediction.of, label.of);
    return {-1, 0};
  }
  const int code = row::score_code(score, task.cutoff, prediction.of, label.of);
  return {code / 3, bits_of(score) << 2 | static_cast<std::uint64_t>(code % 3)};  // score_key of score_state.hpp
}

/// What a block shares of one round of rows.
struct RoundSums {
  std::uint32_t count[2];  ///< keys by predicted class
  std::uint64_t place[2];  ///< where they begin
};

/// Writes the keys of all rows, in no order: they are sorted afterwards. A block takes room for a round at once.
LW_KERNEL(keys_kernel, KeyLaunch) {
  LW_THREAD(t);
  auto& round = *reinterpret_cast<RoundSums*>(t.shared());
  for (Strips strips(job.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const ScoreTask& task = job.tasks[strip.item];  // no copy: an index that differs by thread needs memory
    for (std::int64_t from = strip.begin; from < strip.end; from += t.size()) {
      if (t.rank() < 2) round.count[t.rank()] = 0;
      LW_SYNC(t);  // zeroed
      const std::int64_t i = from + t.rank();
      RowKey key{-1, 0};
      if (i < strip.end) key = row_key(task, row_at(task.rows, i));
      std::uint32_t within = 0;
      if (key.predicted >= 0) within = atomic_add(&round.count[key.predicted], 1U);
      LW_SYNC(t);  // counted
      if (t.rank() < 2) round.place[t.rank()] = take_room(&task.totals->keys[t.rank()], round.count[t.rank()]);
      LW_SYNC(t);  // placed
      if (key.predicted >= 0) task.keys[key.predicted][round.place[key.predicted] + within] = key.key;
      LW_SYNC(t);  // the next round may overwrite
    }
  }
  LW_END;
}

struct RunLaunch {
  KeyRuns of;
  std::uint64_t* keys;  ///< by run
  std::int64_t* begins;
};

LW_KERNEL(runs_kernel, RunLaunch) {
  LW_THREAD(t);
  for (Strips strips(job.of.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const std::int64_t first = job.of.begins[strip.item];
    for (std::int64_t at = first + strip.begin + t.rank(); at < first + strip.end; at += t.size()) {
      if (!begins_run(job.of, first, at)) continue;
      const std::uint32_t run = job.of.numbers[at] - 1;
      job.keys[run] = job.of.keys[at];
      job.begins[run] = at;
    }
  }
  LW_END;
}

/// Runs of equal keys of all segments, in order.
struct Runs {
  std::vector<std::int64_t> first;  ///< by segment: its first run; and the number of runs
  std::vector<std::uint64_t> keys;
  std::vector<std::int64_t> begins;
};

/// Sorts the segments and finds their runs. `places` is the room of all keys.
Runs find_runs(Run& run, const std::uint64_t* keys, std::int64_t places, const Segments& segments) {
  FoundRuns found = find_key_runs(run, keys, nullptr, places, segments);
  if (!run.ok()) return {};
  const std::int64_t count = found.first.back();
  const RunLaunch job{found.runs, run.room<std::uint64_t>(count), run.room<std::int64_t>(count)};
  run.launch(runs_kernel, found.runs.pieces.pieces, 0, job);
  Runs out{std::move(found.first), std::vector<std::uint64_t>(static_cast<std::size_t>(count)),
           std::vector<std::int64_t>(static_cast<std::size_t>(count))};
  run.download(out.keys.data(), job.keys, count);
  run.download(out.begins.data(), job.begins, count);
  (void)run.wait();
  return out;
}

/// Hands the runs of every item over: of segment 2 i, then of 2 i + 1.
void hand_over(const Runs& runs, const Segments& segments, const ScoreJob* jobs) {
  std::vector<std::int64_t> rows;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const auto from = static_cast<std::size_t>(runs.first[s]);
    const auto to = static_cast<std::size_t>(runs.first[s + 1]);
    rows.clear();
    for (std::size_t at = from; at < to; ++at)
      rows.push_back((at + 1 == to ? segments.ends[s] : runs.begins[at + 1]) - runs.begins[at]);
    const ScoreJob& job = jobs[s / 2];
    job.take(job.taker, static_cast<std::int32_t>(s % 2), runs.keys.data() + from, rows.data(),
             static_cast<std::int64_t>(rows.size()));
  }
}

}  // namespace

void run_scores(Context& context, const ScoreJob* jobs, std::int64_t count, Status& status) {
  Run run(context, status);
  Uploads uploads(run);
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> place{0};  // of an item's keys: those of class 0, then of class 1
  for (std::int64_t i = 0; i < count; ++i) {
    for (const Column* column : {&jobs[i].score, &jobs[i].prediction.column, &jobs[i].label.column})
      uploads.need(*column, jobs[i].rows);
    rows.push_back(jobs[i].rows.count);
    place.push_back(place.back() + 2 * jobs[i].rows.count);
  }
  if (place.back() > std::numeric_limits<std::int32_t>::max())
    return run.fail(kTooLarge, "more rows than can be sorted at once");
  auto* const totals = run.zeros<ScoreTotals>(count);
  auto* const keys = run.room<std::uint64_t>(place.back());
  std::vector<ScoreTask> tasks;
  for (std::int64_t i = 0; i < count && run.ok(); ++i) {
    std::uint64_t* const own = keys + place[static_cast<std::size_t>(i)];
    tasks.push_back({uploads.take(jobs[i].score),
                     take_classes(run, uploads, jobs[i].prediction),
                     take_classes(run, uploads, jobs[i].label),
                     jobs[i].cutoff,
                     uploads.take(jobs[i].rows),
                     totals + i,
                     {own, own + jobs[i].rows.count}});
  }
  std::vector<std::int64_t> first;
  const Pieces pieces = cut(run, rows, first);
  run.launch(keys_kernel, pieces.pieces, sizeof(RoundSums),
             KeyLaunch{run.upload(tasks.data(), static_cast<std::int64_t>(tasks.size())), pieces});
  std::vector<ScoreTotals> got(static_cast<std::size_t>(count));
  run.download(got.data(), totals, count);
  if (!run.wait()) return;
  Segments segments;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i].broken != 0) return run.fail(kOutOfRange, "a class code lies outside its dictionary");
    segments.add(place[i], place[i] + got[i].keys[0]);
    segments.add(place[i] + rows[i], place[i] + rows[i] + got[i].keys[1]);
  }
  const Runs runs = find_runs(run, keys, place.back(), segments);
  if (!run.ok()) return;
  for (std::size_t i = 0; i < got.size(); ++i) *jobs[i].counts = got[i].counts;
  hand_over(runs, segments, jobs);
}

}  // namespace longwatch::cuda
