// Replicates of outcome tables, one by each thread: the twin of cpu/replicates.cpp. Blocks take pieces (as many
// replicates of one table as a block has threads), and bring the table's cells to shared memory a tile at a time.

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "cuda/device.hpp"
#include "cuda/table.hpp"
#include "engine/state/replicate_row.hpp"

namespace longwatch::cuda {
namespace {

/// Results are in the job's order: masses, then the scores that are wanted; null: not wanted.
template <class Cell>
struct ReplicateTask {
  const Cell* cells;
  const row::MapShare* shares;
  const double* deviations;
  std::int64_t cell_count;
  row::MapNoise noise;
  double unscored[row::kOutcomes];
  bool labels;
  std::uint64_t key;
  std::int64_t first;
  std::int64_t count;
  row::OutcomeMasses* masses;
  double* scores[row::kScores];
};

struct ReplicatePiece {
  std::int32_t task;
  std::int32_t number;  ///< of this task's pieces
};

template <class Cell>
struct ReplicateLaunch {
  const ReplicateTask<Cell>* tasks;
  const ReplicatePiece* pieces;
  std::int64_t count;
  const resample::PoissonTable* poisson;
};

constexpr std::int64_t kTileCells = 128;

/// A block's shared memory.
template <class Cell>
struct ReplicateBlock {
  resample::PoissonTable poisson;
  Cell cells[kTileCells];
};

LW_DEVICE row::RealizedReplicate begin(const ReplicateTask<row::RealizedCell>& task, std::uint64_t key,
                                       const resample::PoissonTable& poisson) {
  return row::begin_realized(key, task.cell_count, task.unscored, poisson);
}
LW_DEVICE row::EstimatedReplicate begin(const ReplicateTask<row::EstimatedCell>& task, std::uint64_t key,
                                        const resample::PoissonTable& /*poisson*/) {
  return row::begin_estimated(key, task.unscored, task.noise);
}

LW_DEVICE void add(row::RealizedReplicate& replicate, const ReplicateTask<row::RealizedCell>& /*task*/,
                   const row::RealizedCell& cell, const resample::PoissonTable& poisson) {
  row::add_cell(replicate, cell, poisson);
}
LW_DEVICE void add(row::EstimatedReplicate& replicate, const ReplicateTask<row::EstimatedCell>& task,
                   const row::EstimatedCell& cell, const resample::PoissonTable& poisson) {
  row::add_cell(replicate, cell, task.shares + cell.first_share, task.deviations, task.labels, poisson);
}

template <class Cell>
LW_DEVICE void write(const ReplicateTask<Cell>& task, std::int64_t i, const row::ReplicateSums& sums) {
  if (task.masses != nullptr) {
    for (int k = 0; k < row::kOutcomes; ++k) task.masses[i].mass[k] = sums.mass[k];
  }
  for (int which = 0; which < row::kScores; ++which) {
    if (task.scores[which] != nullptr) task.scores[which][i] = row::score_of(sums, which);
  }
}

template <class Cell>
LW_KERNEL(replicates_kernel, ReplicateLaunch<Cell>) {
  LW_THREAD(t);
  auto& block = *reinterpret_cast<ReplicateBlock<Cell>*>(t.shared());
  constexpr int kEntries = (resample::kInverted + 1) * (resample::kMostInverted + 1);
  for (int i = t.rank(); i < kEntries; i += t.size()) {
    const int mean = i / (resample::kMostInverted + 1);
    const int k = i % (resample::kMostInverted + 1);
    block.poisson.at_most[mean][k] = job.poisson->at_most[mean][k];
  }
  LW_SYNC(t);  // the table is there
  for (std::int64_t p = t.block(); p < job.count; p += t.blocks()) {
    const ReplicatePiece piece = job.pieces[p];
    const ReplicateTask<Cell>& task = job.tasks[piece.task];
    const std::int64_t i = std::int64_t{piece.number} * t.size() + t.rank();
    const std::uint64_t key = resample::key_of(task.key, static_cast<std::uint64_t>(task.first + i));
    auto replicate = begin(task, key, block.poisson);
    for (std::int64_t from = 0; from < task.cell_count; from += kTileCells) {
      const std::int64_t left = task.cell_count - from;
      const std::int64_t cells = left < kTileCells ? left : kTileCells;
      LW_SYNC(t);  // the tile before is used up
      for (std::int64_t j = t.rank(); j < cells; j += t.size()) block.cells[j] = task.cells[from + j];
      LW_SYNC(t);  // the tile is there
      for (std::int64_t j = 0; j < cells && i < task.count; ++j) add(replicate, task, block.cells[j], block.poisson);
    }
    if (i < task.count) write(task, i, replicate.sums);
  }
  LW_END;
}

/// Arrays of all jobs put together; one that neighbouring jobs share is taken once.
template <class T>
class Packed {
 public:
  /// Where the array begins.
  std::size_t add(const T* values, std::int64_t count) {
    if (count == 0) return 0;
    if (values == latest_ && static_cast<std::size_t>(count) == all_.size() - place_) return place_;
    place_ = all_.size();
    latest_ = values;
    all_.insert(all_.end(), values, values + count);
    return place_;
  }
  /// Null where the run has failed.
  const T* upload(Run& run) const { return run.upload(all_.data(), static_cast<std::int64_t>(all_.size())); }

 private:
  std::vector<T> all_;
  const T* latest_ = nullptr;
  std::size_t place_ = 0;  // of `latest_`
};

std::int64_t wanted_by(const ReplicateJob& job) {
  const auto scores = std::count_if(std::begin(job.scores), std::end(job.scores), [](const double* at) { return at; });
  return job.count * ((job.masses != nullptr ? row::kOutcomes : 0) + scores);
}

/// Where a job's arrays and results begin.
struct ReplicatePlace {
  std::size_t cells;
  std::size_t shares;
  std::size_t deviations;
  std::int64_t results;
};

/// What jobs are drawn from.
struct ReplicateArrays {
  Packed<row::RealizedCell> realized;
  Packed<row::EstimatedCell> estimated;
  Packed<row::MapShare> shares;
  Packed<double> deviations;

  ReplicatePlace add(const ReplicateJob& job, std::int64_t results) {
    if (job.draw == row::Draw::rows) return {realized.add(job.realized, job.cells), 0, 0, results};
    return {estimated.add(job.estimated, job.cells), shares.add(job.shares, job.share_count),
            deviations.add(job.deviations, job.blocks), results};
  }
};

/// The jobs of one kind of cells.
template <class Cell>
class ReplicateTasks {
 public:
  /// All arrays are on the device and begin where the job's own do.
  void add(const ReplicateJob& job, const Cell* cells, const row::MapShare* shares, const double* deviations,
           double* results) {
    ReplicateTask<Cell> task{cells,   shares,    deviations, job.cells, job.noise, {}, job.draw == row::Draw::labels,
                             job.key, job.first, job.count,  nullptr,   {}};
    std::copy(std::begin(job.unscored), std::end(job.unscored), task.unscored);
    if (job.masses != nullptr) {
      task.masses = reinterpret_cast<row::OutcomeMasses*>(results);
      results += row::kOutcomes * job.count;
    }
    for (int which = 0; which < row::kScores; ++which) {
      if (job.scores[which] == nullptr) continue;
      task.scores[which] = results;
      results += job.count;
    }
    tasks_.push_back(task);
  }

  /// Pieces of large tables first: each block then gets about as much work as the others.
  void launch(Run& run, const resample::PoissonTable* poisson) {
    std::vector<std::int32_t> order(tasks_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
      return tasks_[static_cast<std::size_t>(a)].cell_count > tasks_[static_cast<std::size_t>(b)].cell_count;
    });
    for (const std::int32_t task : order) {
      const std::int64_t count = tasks_[static_cast<std::size_t>(task)].count;
      const std::int64_t pieces = (count + run.tuning().threads - 1) / run.tuning().threads;
      for (std::int64_t i = 0; i < pieces; ++i) pieces_.push_back({task, static_cast<std::int32_t>(i)});
    }
    const auto count = static_cast<std::int64_t>(pieces_.size());
    const ReplicateLaunch<Cell> job{run.upload(tasks_.data(), static_cast<std::int64_t>(tasks_.size())),
                                    run.upload(pieces_.data(), count), count, poisson};
    run.launch(replicates_kernel<Cell>, count, sizeof(ReplicateBlock<Cell>), job);
  }

 private:
  std::vector<ReplicateTask<Cell>> tasks_;
  std::vector<ReplicatePiece> pieces_;
};

void hand_over(const ReplicateJob& job, const double* from) {
  if (job.masses != nullptr) {
    std::copy_n(from, row::kOutcomes * job.count, job.masses->mass);
    from += row::kOutcomes * job.count;
  }
  for (double* const to : job.scores) {
    if (to == nullptr) continue;
    std::copy_n(from, job.count, to);
    from += job.count;
  }
}

}  // namespace

void run_replicates(Context& context, const ReplicateJob* jobs, std::int64_t count, Status& status) {
  Run run(context, status);
  ReplicateArrays arrays;
  std::vector<ReplicatePlace> places;
  std::int64_t wanted = 0;
  std::int64_t most = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    places.push_back(arrays.add(jobs[i], wanted));
    wanted += wanted_by(jobs[i]);
    most = std::max(most, jobs[i].count);
  }
  if (std::max(count, most) > std::numeric_limits<std::int32_t>::max())
    return run.fail(kTooLarge, "more replicates or tables than can be numbered");
  const row::RealizedCell* const realized_cells = arrays.realized.upload(run);
  const row::EstimatedCell* const estimated_cells = arrays.estimated.upload(run);
  const row::MapShare* const shares = arrays.shares.upload(run);
  const double* const deviations = arrays.deviations.upload(run);
  const resample::PoissonTable* const poisson = run.upload(&resample::kPoisson, 1);
  auto* const results = run.room<double>(wanted);
  ReplicateTasks<row::RealizedCell> realized;
  ReplicateTasks<row::EstimatedCell> estimated;
  for (std::int64_t i = 0; i < count && run.ok(); ++i) {
    const ReplicatePlace& place = places[static_cast<std::size_t>(i)];
    double* const own = results + place.results;
    if (jobs[i].draw == row::Draw::rows) {
      realized.add(jobs[i], realized_cells + place.cells, nullptr, nullptr, own);
    } else {
      estimated.add(jobs[i], estimated_cells + place.cells, shares + place.shares, deviations + place.deviations, own);
    }
  }
  realized.launch(run, poisson);
  estimated.launch(run, poisson);
  const auto got = std::make_unique_for_overwrite<double[]>(static_cast<std::size_t>(wanted));
  run.download(got.get(), results, wanted);
  if (!run.wait()) return;
  for (std::int64_t i = 0; i < count; ++i) hand_over(jobs[i], got.get() + places[static_cast<std::size_t>(i)].results);
}

}  // namespace longwatch::cuda
