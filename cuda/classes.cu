// Rows with scores of several classes: who was predicted, what the label is, and the calibrated scores. The twin of
// cpu/classes.cpp. A row adds to counts and sums of its block, and leaves a key (score, label) and a value for each
// scored class, which class_runs.cu sorts and adds up.

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <tuple>
#include <vector>

#include "cuda/atomics.hpp"
#include "cuda/class_column.hpp"
#include "cuda/class_runs.hpp"
#include "cuda/number_row.hpp"
#include "cuda/pieces.hpp"
#include "cuda/table.hpp"
#include "engine/state/class_row.hpp"
#include "engine/state/class_state.hpp"

namespace longwatch::cuda {
namespace {

/// Where counts and sums of an item lie: counts by (predicted, label), scored ones by predicted, those without a
/// prediction by label, and kProblems more; then sums by (predicted, class), and products by predicted.
struct Layout {
  std::int64_t classes;
  std::int64_t pairs;  ///< products of one predicted class
  std::int64_t scored;
  std::int64_t unpredicted;
  std::int64_t problems;
  std::int64_t sums;  ///< also how many counts there are
  std::int64_t products;
  std::int64_t end;
};

enum Problem : int { kMissing, kInvalid, kUnnormalised, kUnmappedPrediction, kUnmappedLabel, kProblems };

Layout layout_of(std::int64_t classes) {
  Layout out{};
  out.classes = classes;
  out.pairs = static_cast<std::int64_t>(product_sums(static_cast<std::size_t>(classes)));
  out.scored = classes * (classes + 1);
  out.unpredicted = out.scored + classes;
  out.problems = out.unpredicted + classes + 1;
  out.sums = out.problems + kProblems;
  out.products = out.sums + classes * classes;
  out.end = out.products + classes * out.pairs;
  return out;
}

/// Of a classifier, on the device.
struct DevicePlan {
  const std::int32_t* scored;
  const Map* maps;  ///< null: without calibrated sums
  std::int64_t scored_count;
};

struct ClassTask {
  const DeviceColumn* scores;  ///< by scored class
  DevicePlan plan;
  Layout layout;
  DeviceClasses prediction;
  DeviceClasses label;
  DeviceRows rows;
  std::int64_t stride;    ///< rows of the item: the distance between the keys of two scored classes
  std::uint64_t* keys;    ///< by scored class, then as they come
  std::uint64_t* values;  ///< see class_runs.hpp
  std::int64_t* totals;   ///< by Layout; all zero at first
  std::int64_t* placed;   ///< rows with keys
  std::int64_t* broken;   ///< codes or classes that are none
  bool in_shared;         ///< counts and sums fit a block's memory
};

struct ClassLaunch {
  const ClassTask* tasks;
  Pieces pieces;
};

/// What a block keeps of a strip: counts, then sums in two halves; and of one round of rows.
struct BlockSums {
  std::uint32_t* counts;
  std::uint32_t* low;
  std::uint32_t* high;
  std::int64_t words;
};
struct RoundSums {
  std::uint32_t count;  ///< rows with keys
  std::uint64_t place;  ///< where they begin
};

LW_DEVICE BlockSums block_sums(unsigned char* shared, const ClassTask& task) {
  if (!task.in_shared) return {nullptr, nullptr, nullptr, 0};
  auto* const words = reinterpret_cast<std::uint32_t*>(shared + sizeof(RoundSums));
  const std::int64_t sums = task.layout.end - task.layout.sums;
  return {words, words + task.layout.sums, words + task.layout.sums + sums, task.layout.sums + 2 * sums};
}

LW_DEVICE void add_count(const ClassTask& task, const BlockSums& block, std::int64_t at) {
  if (task.in_shared) {
    (void)atomic_add(block.counts + at, 1U);
  } else {
    atomic_add(task.totals + at, std::int64_t{1});
  }
}

/// `at` counts from Layout::sums on.
LW_DEVICE void add_sum(const ClassTask& task, const BlockSums& block, std::int64_t at, std::int64_t term) {
  if (term == 0) return;
  if (task.in_shared) {
    atomic_add(block.low + at, block.high + at, static_cast<std::uint64_t>(term));
  } else {
    atomic_add(task.totals + task.layout.sums + at, term);
  }
}

/// What a row's scores are: kProblems where they are usable, and then which is the largest, the first of equal ones.
struct RowScores {
  int problem;
  std::int32_t largest;
};

LW_DEVICE RowScores read_scores(const ClassTask& task, std::int64_t row) {
  if (task.plan.scored_count == 0) return {kMissing, -1};
  bool invalid = false;
  double sum = 0;
  double most = -1;
  std::int32_t largest = -1;
  for (std::int64_t s = 0; s < task.plan.scored_count; ++s) {
    const double score = score_at(task.scores[s], row);
    if (score != score) return {kMissing, -1};
    invalid = invalid || !row::is_probability(score);
    sum += score;
    if (score > most) largest = task.plan.scored[s];
    most = score > most ? score : most;
  }
  if (invalid) return {kInvalid, -1};
  return {row::sums_to_one(sum) ? kProblems : kUnnormalised, largest};
}

/// A row of an item; `scored` where it leaves keys.
struct ClassRow {
  int predicted;
  int label;
  bool scored;
};

LW_DEVICE ClassRow count_row(const ClassTask& task, const BlockSums& block, std::int64_t row) {
  const Layout& at = task.layout;
  const RowClass prediction = class_at(task.prediction, row);
  const RowClass label = class_at(task.label, row);
  if (prediction.broken || label.broken || prediction.of >= at.classes || label.of >= at.classes) {
    atomic_add(task.broken, std::int64_t{1});
    return {-1, -1, false};
  }
  if (prediction.unmapped) add_count(task, block, at.problems + kUnmappedPrediction);
  if (label.unmapped) add_count(task, block, at.problems + kUnmappedLabel);
  const RowScores scores = read_scores(task, row);
  const bool usable = scores.problem == kProblems;
  if (!usable) add_count(task, block, at.problems + scores.problem);
  const int predicted = prediction.of < 0 && usable ? scores.largest : prediction.of;
  const std::int64_t known = label.of < 0 ? at.classes : label.of;
  add_count(task, block, predicted < 0 ? at.unpredicted + known : predicted * (at.classes + 1) + known);
  if (predicted >= 0 && usable) add_count(task, block, at.scored + predicted);
  return {predicted, label.of, predicted >= 0 && usable};
}

/// The row's calibrated scores become its values, as doubles so far, and are added to the sums.
LW_DEVICE void calibrate(const ClassTask& task, const BlockSums& block, std::int64_t row, int predicted,
                         std::uint64_t* values) {
  const std::int64_t classes = task.layout.classes;
  const std::int64_t scored = task.plan.scored_count;
  double sum = 0;
  for (std::int64_t s = 0; s < scored; ++s) {
    const Map& map = task.plan.maps[s];
    const double own = row::calibrated(map.scores, map.probabilities, map.knots, score_at(task.scores[s], row));
    values[s * task.stride] = bits_of(own);
    sum += own;
  }
  const std::int64_t products = task.layout.products - task.layout.sums + predicted * task.layout.pairs;
  for (std::int64_t s = 0; s < scored; ++s) {
    const double own = row::renormalised(double_of(values[s * task.stride]), sum, static_cast<int>(scored));
    values[s * task.stride] = bits_of(own);
    const std::int64_t c = task.plan.scored[s];
    add_sum(task, block, predicted * classes + c, row::probability_term(own));
    for (std::int64_t other = classes <= kMaxProductClasses ? 0 : s; other <= s; ++other) {
      const std::size_t at = product_at(static_cast<std::size_t>(classes), static_cast<std::size_t>(c),
                                        static_cast<std::size_t>(task.plan.scored[other]));
      add_sum(task, block, products + static_cast<std::int64_t>(at),
              row::probability_term(own * double_of(values[other * task.stride])));
    }
  }
}

/// Writes what the row leaves for each scored class, at its place.
LW_DEVICE void leave_keys(const ClassTask& task, const BlockSums& block, std::int64_t row, const ClassRow& of,
                          std::uint64_t place) {
  std::uint64_t* const values = task.values + place;
  const bool calibrated = task.plan.maps != nullptr;
  if (calibrated) calibrate(task, block, row, of.predicted, values);
  for (std::int64_t s = 0; s < task.plan.scored_count; ++s) {
    const std::int32_t c = task.plan.scored[s];
    const std::uint64_t label = of.label < 0 ? 2 : of.label == c ? 1 : 0;  // a LabelCode
    const std::int64_t term = calibrated ? row::probability_term(double_of(values[s * task.stride])) : 0;
    task.keys[place + s * task.stride] = bits_of(score_at(task.scores[s], row)) << 2 | label;  // a score_key
    values[s * task.stride] = run_value(term, of.predicted == c);
  }
}

LW_DEVICE void flush_block(const ClassTask& task, const BlockSums& block, int rank, int threads) {
  if (!task.in_shared) return;
  for (std::int64_t i = rank; i < task.layout.sums; i += threads) {
    if (block.counts[i] != 0) atomic_add(task.totals + i, std::int64_t{block.counts[i]});
  }
  for (std::int64_t i = rank; i < task.layout.end - task.layout.sums; i += threads) {
    const std::uint64_t sum = std::uint64_t{block.high[i]} << 32 | block.low[i];
    if (sum != 0) atomic_add(task.totals + task.layout.sums + i, static_cast<std::int64_t>(sum));
  }
}

LW_KERNEL(classes_kernel, ClassLaunch) {
  LW_THREAD(t);
  auto& round = *reinterpret_cast<RoundSums*>(t.shared());
  for (Strips strips(job.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const ClassTask& task = job.tasks[strip.item];
    const BlockSums block = block_sums(t.shared(), task);
    for (std::int64_t i = t.rank(); i < block.words; i += t.size()) block.counts[i] = 0;
    for (std::int64_t from = strip.begin; from < strip.end; from += t.size()) {
      if (t.rank() == 0) round.count = 0;
      LW_SYNC(t);  // zeroed
      const std::int64_t i = from + t.rank();
      const std::int64_t row = i < strip.end ? row_at(task.rows, i) : 0;
      ClassRow of{-1, -1, false};
      if (i < strip.end) of = count_row(task, block, row);
      std::uint32_t within = 0;
      if (of.scored) within = atomic_add(&round.count, 1U);
      LW_SYNC(t);  // counted
      if (t.rank() == 0) round.place = take_room(task.placed, round.count);
      LW_SYNC(t);  // placed
      if (of.scored) leave_keys(task, block, row, of, round.place + within);
      LW_SYNC(t);  // the next round may overwrite
    }
    flush_block(task, block, t.rank(), t.size());
    LW_SYNC(t);  // the next strip may overwrite
  }
  LW_END;
}

/// Brings the plans of a submission to the device, each once.
class Plans {
 public:
  explicit Plans(Run& run) : run_(run) {}

  DevicePlan take(const ClassJob& job) {
    const double* const knots = job.maps == nullptr || job.scored_count == 0 ? nullptr : job.maps[0].scores;
    const auto [at, added] = plans_.try_emplace({job.scored, job.maps != nullptr, knots});
    if (!added) return at->second;
    at->second = {run_.upload(job.scored, job.scored_count), nullptr, job.scored_count};
    if (job.maps != nullptr) at->second.maps = take_maps(job);
    return at->second;
  }

 private:
  const Map* take_maps(const ClassJob& job) {
    std::vector<double>& knots = knots_.emplace_back();
    for (std::int64_t s = 0; s < job.scored_count; ++s) {
      const Map& map = job.maps[s];
      knots.insert(knots.end(), map.scores, map.scores + map.knots);
      knots.insert(knots.end(), map.probabilities, map.probabilities + map.knots);
    }
    const double* at = run_.upload(knots.data(), static_cast<std::int64_t>(knots.size()));
    if (!run_.ok()) return nullptr;
    std::vector<Map>& maps = maps_.emplace_back();
    for (std::int64_t s = 0; s < job.scored_count; ++s) {
      const std::int64_t count = job.maps[s].knots;
      maps.push_back({at, at + count, count});
      at += 2 * count;
    }
    return run_.upload(maps.data(), job.scored_count);
  }

  Run& run_;
  std::map<std::tuple<const void*, bool, const void*>, DevicePlan> plans_;
  std::deque<std::vector<double>> knots_;  // what is being copied
  std::deque<std::vector<Map>> maps_;
};

std::size_t shared_of(const Layout& layout) {
  return sizeof(RoundSums) + static_cast<std::size_t>(2 * layout.end - layout.sums) * sizeof(std::uint32_t);
}

void take_totals(const std::int64_t* totals, const Layout& layout, const ClassJob& job) {
  std::copy(totals, totals + layout.scored, job.labels);
  std::copy(totals + layout.scored, totals + layout.unpredicted, job.scored_rows);
  std::copy(totals + layout.unpredicted, totals + layout.problems, job.unpredicted);
  std::copy(totals + layout.sums, totals + layout.products, job.sums);
  std::copy(totals + layout.products, totals + layout.end, job.products);
  const std::int64_t* const problems = totals + layout.problems;
  *job.counts = {problems[kMissing], problems[kInvalid], problems[kUnnormalised], problems[kUnmappedPrediction],
                 problems[kUnmappedLabel]};
}

/// What the items of a submission need on the device.
struct Work {
  std::vector<Layout> layouts;
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> total_at{0};  ///< of an item's counts and sums
  std::vector<std::int64_t> key_at{0};    ///< of an item's keys
};

Work measure(Uploads& uploads, const ClassJob* jobs, std::int64_t count) {
  Work work;
  for (std::int64_t i = 0; i < count; ++i) {
    const ClassJob& job = jobs[i];
    for (std::int64_t s = 0; s < job.scored_count; ++s) uploads.need(job.scores[s], job.rows);
    uploads.need(job.prediction.column, job.rows);
    uploads.need(job.label.column, job.rows);
    work.layouts.push_back(layout_of(job.classes));
    work.rows.push_back(job.rows.count);
    work.total_at.push_back(work.total_at.back() + work.layouts.back().end);
    work.key_at.push_back(work.key_at.back() + job.scored_count * job.rows.count);
  }
  return work;
}

}  // namespace

void run_classes(Context& context, const ClassJob* jobs, std::int64_t count, Status& status) {
  Run run(context, status);
  Uploads uploads(run);
  Plans plans(run);
  const Work work = measure(uploads, jobs, count);
  if (work.key_at.back() > std::numeric_limits<std::int32_t>::max())
    return run.fail(kTooLarge, "more scores than can be sorted at once");
  auto* const keys = run.room<std::uint64_t>(work.key_at.back());
  auto* const values = run.room<std::uint64_t>(work.key_at.back());
  auto* const totals = run.zeros<std::int64_t>(work.total_at.back());
  auto* const notes = run.zeros<std::int64_t>(2 * count);  // rows with keys, and what is broken
  std::vector<ClassTask> tasks;
  std::deque<std::vector<DeviceColumn>> columns;
  std::size_t shared = sizeof(RoundSums);
  for (std::int64_t i = 0; i < count && run.ok(); ++i) {
    const ClassJob& job = jobs[i];
    const auto at = static_cast<std::size_t>(i);
    std::vector<DeviceColumn>& scores = columns.emplace_back();
    for (std::int64_t s = 0; s < job.scored_count; ++s) scores.push_back(uploads.take(job.scores[s]));
    const bool in_shared = shared_of(work.layouts[at]) <= run.tuning().shared;
    if (in_shared) shared = std::max(shared, shared_of(work.layouts[at]));
    tasks.push_back({run.upload(scores.data(), job.scored_count), plans.take(job), work.layouts[at],
                     take_classes(run, uploads, job.prediction), take_classes(run, uploads, job.label),
                     uploads.take(job.rows), job.rows.count, keys + work.key_at[at], values + work.key_at[at],
                     totals + work.total_at[at], notes + 2 * i, notes + 2 * i + 1, in_shared});
  }
  std::vector<std::int64_t> first;
  const Pieces pieces = cut(run, work.rows, first);
  run.launch(classes_kernel, pieces.pieces, shared,
             ClassLaunch{run.upload(tasks.data(), static_cast<std::int64_t>(tasks.size())), pieces});
  std::vector<std::int64_t> sums(static_cast<std::size_t>(work.total_at.back()));
  std::vector<std::int64_t> noted(static_cast<std::size_t>(2 * count));
  run.download(sums.data(), totals, work.total_at.back());
  run.download(noted.data(), notes, 2 * count);
  if (!run.wait()) return;
  Segments segments;  // a scored class of an item each
  for (std::size_t i = 0; i < work.rows.size(); ++i) {
    if (noted[2 * i + 1] != 0) return run.fail(kOutOfRange, "a class lies outside the classes of the model");
    for (std::int64_t s = 0; s < jobs[i].scored_count; ++s) {
      const std::int64_t begin = work.key_at[i] + s * work.rows[i];
      segments.add(begin, begin + noted[2 * i]);
    }
  }
  const ClassRuns runs = find_class_runs(run, keys, values, work.key_at.back(), segments);
  if (!run.ok()) return;
  std::size_t segment = 0;
  for (std::size_t i = 0; i < work.rows.size(); ++i) {
    take_totals(sums.data() + work.total_at[i], work.layouts[i], jobs[i]);
    for (std::int64_t s = 0; s < jobs[i].scored_count; ++s, ++segment)
      jobs[i].take(jobs[i].taker, jobs[i].scored[s], runs.of(segment), runs.count(segment));
  }
}

}  // namespace longwatch::cuda
