// Fused statistics of numeric items: counts, moments, extremes, histogram and distinct values in one read of the
// values. The twin of cpu/numbers.cpp. A block sums a strip of rows in registers and shared memory, and adds that to
// the item's totals; all of it integers.

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "cuda/atomics.hpp"
#include "cuda/columns.hpp"
#include "cuda/number_row.hpp"
#include "cuda/numbers.hpp"
#include "cuda/pieces.hpp"
#include "cuda/table.hpp"
#include "engine/base/hash.hpp"

namespace longwatch::cuda {
namespace {

/// Whole-item sums on the device. All zero at first.
struct NumberTotals {
  std::int64_t counts[6];  ///< as ThreadSums has them
  std::uint64_t minimum;  ///< ~ordered_key, so that 0 is none
  std::uint64_t maximum;  ///< ordered_key
  std::int64_t power_high[4];
  std::uint64_t power_low[4];
  ExactSlots exact[6];  ///< tails, below, above
};

struct NumberTask {
  DeviceColumn column;
  DeviceRows rows;
  double centre;
  double scale;
  CellIndex cells;
  NumberTotals* totals;
  std::int64_t* counts;
  std::int64_t* sums;
  std::uint32_t* registers;
  bool in_shared;  ///< the histogram fits a block's memory
};

struct NumberLaunch {
  const NumberTask* tasks;
  Pieces pieces;
};

/// What a block keeps of a strip.
struct BlockSums {
  std::uint32_t* registers;
  std::uint32_t* counts;
  std::uint32_t* low;  ///< of the sums by open cell
  std::uint32_t* high;
  std::int64_t words;  ///< of all of it
};

constexpr std::int64_t kRegisters = row::kDistinctRegisters;

LW_DEVICE BlockSums block_sums(unsigned char* shared, const NumberTask& task) {
  auto* const words = reinterpret_cast<std::uint32_t*>(shared);
  if (!task.in_shared) return {words, nullptr, nullptr, nullptr, kRegisters};
  const std::int64_t open = std::int64_t{task.cells.edges} + 1;
  std::uint32_t* const counts = words + kRegisters;
  return {words, counts, counts + 2 * open, counts + 3 * open, kRegisters + 4 * open};
}

LW_DEVICE void add_distinct(std::uint32_t* registers, double value) {
  const std::uint64_t hash = hash_number(value);
  std::uint32_t* const at = registers + row::distinct_register(hash);
  const std::uint32_t rank = row::distinct_rank(hash);
  if (rank > *at) atomic_max(at, rank);  // a register that another thread raises meanwhile is raised again for nothing
}

LW_DEVICE void add_cell(const NumberTask& task, const BlockSums& block, double x, const CellPlace& place) {
  const bool outermost = place.outermost(task.cells);
  const std::int64_t term = outermost ? 0 : place.term(x);
  if (outermost) exact_add(task.totals->exact[place.open == 0 ? 4 : 5], x);
  if (task.in_shared) {
    (void)atomic_add(block.counts + place.cell(), 1U);
    if (term != 0) atomic_add(block.low + place.open, block.high + place.open, static_cast<std::uint64_t>(term));
  } else {
    atomic_add(task.counts + place.cell(), std::int64_t{1});
    if (term != 0) atomic_add(task.sums + place.open, term);
  }
}

/// What a thread keeps of its rows: a strip's counts fit 32 bits.
struct ThreadSums {
  std::uint32_t counts[6] = {};  ///< nulls, NaN, inf, -inf, inside, outside
  std::int64_t powers[4] = {};
  double minimum = std::numeric_limits<double>::infinity();
  double maximum = -std::numeric_limits<double>::infinity();
};

LW_DEVICE void add_moments(const NumberTask& task, double x, ThreadSums& sums) {
  sums.minimum = x < sums.minimum ? x : sums.minimum;
  sums.maximum = x > sums.maximum ? x : sums.maximum;
  const double y = row::standard_score(x, task.centre, task.scale);
  const double y2 = y * y;
  if (row::in_gate(y)) {
    sums.counts[4] += 1;
    sums.powers[0] += row::power_term(y, power_unit<0>());
    sums.powers[1] += row::power_term(y2, power_unit<1>());
    sums.powers[2] += row::power_term(y2 * y, power_unit<2>());
    sums.powers[3] += row::power_term(y2 * y2, power_unit<3>());
    return;
  }
  sums.counts[5] += 1;
  exact_add(task.totals->exact[0], y);
  exact_add(task.totals->exact[1], y2);
  exact_add(task.totals->exact[2], y2 * y);
  exact_add(task.totals->exact[3], y2 * y2);
}

/// What a row holds; `beyond` is no row of the strip.
enum class Holds : std::uint8_t { beyond, null, nan, infinite, finite };

struct LoadedRow {
  double x;  ///< of `finite` and `infinite`
  Holds holds;
};

LW_DEVICE LoadedRow load_row(const NumberTask& task, std::int64_t i, std::int64_t end) {
  if (i >= end) return {0, Holds::beyond};
  const std::int64_t row = row_at(task.rows, i);
  if (!valid_at(task.column, row)) return {0, Holds::null};
  const double x = number_at(task.column, row) + 0.0;  // -0 is 0
  return {x, x != x ? Holds::nan : x - x != 0 ? Holds::infinite : Holds::finite};
}

LW_DEVICE void add_row(const NumberTask& task, const BlockSums& block, const LoadedRow& row, const CellPlace& place,
                       ThreadSums& sums) {
  switch (row.holds) {
    case Holds::beyond:
      return;
    case Holds::null:
      sums.counts[0] += 1;
      return;
    case Holds::nan:
      sums.counts[1] += 1;
      return;
    case Holds::infinite:
      add_distinct(block.registers, row.x);
      sums.counts[2] += row.x > 0 ? 1 : 0;  // no index that differs by thread: it would lie in memory
      sums.counts[3] += row.x > 0 ? 0 : 1;
      return;
    case Holds::finite:
      add_distinct(block.registers, row.x);
      add_moments(task, row.x, sums);
      add_cell(task, block, row.x, place);
  }
}

/// Rows that a thread loads, and then looks up, before it adds them: the ways to memory are long, and lead past each
/// other only where nothing is added in between.
constexpr int kAhead = 4;

/// Adds the rows i, i + threads, ...: kAhead of them.
LW_DEVICE void add_rows(const NumberTask& task, const BlockSums& block, std::int64_t i, int threads, std::int64_t end,
                        ThreadSums& sums) {
  LoadedRow rows[kAhead];
  CellPlace places[kAhead];
  LW_UNROLL
  for (int k = 0; k < kAhead; ++k) rows[k] = load_row(task, i + std::int64_t{k} * threads, end);
  LW_UNROLL
  for (int k = 0; k < kAhead; ++k) {
    if (rows[k].holds == Holds::finite) places[k] = cell_place(task.cells, rows[k].x);
  }
  LW_UNROLL
  for (int k = 0; k < kAhead; ++k) add_row(task, block, rows[k], places[k], sums);
}

/// One thread adds what the warp summed.
LW_DEVICE void add_totals(NumberTotals& totals, const ThreadSums& sums) {
  for (int i = 0; i < 6; ++i) {
    if (sums.counts[i] != 0) atomic_add(&totals.counts[i], std::int64_t{sums.counts[i]});
  }
  for (int k = 0; k < 4; ++k) {
    atomic_add(&totals.power_low[k], static_cast<std::uint64_t>(sums.powers[k]) & 0xffffffffU);
    atomic_add(&totals.power_high[k], sums.powers[k] >> 32);
  }
  if (sums.minimum > sums.maximum) return;  // no finite values
  atomic_max(&totals.minimum, ~ordered_key(sums.minimum));
  atomic_max(&totals.maximum, ordered_key(sums.maximum));
}

LW_DEVICE void flush_block(const NumberTask& task, const BlockSums& block, int rank, int threads) {
  for (std::int64_t i = rank; i < kRegisters; i += threads) {
    if (block.registers[i] != 0) atomic_max(task.registers + i, block.registers[i]);
  }
  if (!task.in_shared) return;
  const std::int64_t open = std::int64_t{task.cells.edges} + 1;
  for (std::int64_t cell = rank; cell < 2 * open - 1; cell += threads) {
    if (block.counts[cell] != 0) atomic_add(task.counts + cell, std::int64_t{block.counts[cell]});
  }
  for (std::int64_t i = rank; i < open; i += threads) {
    const std::uint64_t sum = std::uint64_t{block.high[i]} << 32 | block.low[i];
    if (sum != 0) atomic_add(task.sums + i, static_cast<std::int64_t>(sum));
  }
}

LW_KERNEL_BLOCKS(numbers_kernel, NumberLaunch, 3) {
  LW_THREAD(t);
  for (Strips strips(job.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const NumberTask task = job.tasks[strip.item];
    const BlockSums block = block_sums(t.shared(), task);
    for (std::int64_t i = t.rank(); i < block.words; i += t.size()) block.registers[i] = 0;
    LW_SYNC(t);  // zeroed
    ThreadSums sums;
    for (std::int64_t i = strip.begin + t.rank(); i < strip.end; i += kAhead * std::int64_t{t.size()})
      add_rows(task, block, i, t.size(), strip.end, sums);
    for (int mask = 16; mask > 0; mask /= 2) {
      for (int i = 0; i < 6; ++i) sums.counts[i] += LW_SHUFFLE_XOR(t, sums.counts[i], mask);
      for (int k = 0; k < 4; ++k) sums.powers[k] += LW_SHUFFLE_XOR(t, sums.powers[k], mask);
      const double minimum = LW_SHUFFLE_XOR(t, sums.minimum, mask);
      const double maximum = LW_SHUFFLE_XOR(t, sums.maximum, mask);
      sums.minimum = minimum < sums.minimum ? minimum : sums.minimum;
      sums.maximum = maximum > sums.maximum ? maximum : sums.maximum;
    }
    if (t.lane() == 0) add_totals(*task.totals, sums);
    LW_SYNC(t);  // all rows are in
    flush_block(task, block, t.rank(), t.size());
    LW_SYNC(t);  // the next strip may overwrite
  }
  LW_END;
}

/// A plan on the device: its index, with pointers to where it is.
struct Plan {
  CellIndex index;
  void* memory;
  std::int64_t bytes;
};

/// Bytes of a block for an item with K edges.
std::size_t shared_of(std::int64_t edges) { return static_cast<std::size_t>(4 * (kRegisters + 4 * (edges + 1))); }

std::int64_t open_of(const NumberJob& job) { return std::int64_t{static_cast<const Plan*>(job.plan)->index.edges} + 1; }
std::int64_t cells_of(const NumberJob& job) { return 2 * open_of(job) - 1; }

void take_totals(const NumberTotals& totals, NumberSums& out) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  out.nulls = totals.counts[0];
  out.nans = totals.counts[1];
  out.positive_inf = totals.counts[2];
  out.negative_inf = totals.counts[3];
  out.inside = totals.counts[4];
  out.outside = totals.counts[5];
  out.minimum = totals.minimum == 0 ? kInfinity : from_ordered_key(~totals.minimum);
  out.maximum = totals.maximum == 0 ? -kInfinity : from_ordered_key(totals.maximum);
  for (int k = 0; k < 4; ++k) {
    out.power_high[k] = totals.power_high[k];
    out.power_low[k] = totals.power_low[k];
    out.tails[k] = totals.exact[k];
  }
  out.below = totals.exact[4];
  out.above = totals.exact[5];
}

/// Numeric items, from their columns to their sums.
class NumberWork {
 public:
  NumberWork(const NumberJob* jobs, std::int64_t count)
      : jobs_(jobs, jobs + count), totals_(jobs_.size()), ranks_(jobs_.size() * kRegisters) {
    for (const NumberJob& job : jobs_) place_.push_back(place_.back() + cells_of(job) + open_of(job));
    cells_.resize(static_cast<std::size_t>(place_.back()));
  }

  /// Asks for all that is to be done. With `column` that is every item's.
  void begin(Run& run, const DeviceColumn* column) {
    Uploads uploads(run);
    for (const NumberJob& job : jobs_) {
      if (column == nullptr) uploads.need(job.column, job.rows);
    }
    const auto count = static_cast<std::int64_t>(jobs_.size());
    if (column == nullptr) {
      run.reserve(uploads.bytes() + 8 * place_.back() +
                  count * static_cast<std::int64_t>(sizeof(NumberTotals) + sizeof(NumberTask) + 4 * kRegisters));
    }
    auto* const totals = run.zeros<NumberTotals>(count);
    auto* const registers = run.zeros<std::uint32_t>(count * kRegisters);
    auto* const cells = run.zeros<std::int64_t>(place_.back());
    launch(run, uploads, column, totals, registers, cells);
    run.download(totals_.data(), totals, count);
    run.download(ranks_.data(), registers, count * kRegisters);
    run.download(cells_.data(), cells, place_.back());
  }

  /// Hands over what a wait brought.
  void take() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      const NumberJob& job = jobs_[i];
      take_totals(totals_[i], *job.sums);
      const std::int64_t* const counts = cells_.data() + place_[i];
      std::copy_n(counts, cells_of(job), job.counts);
      std::copy_n(counts + cells_of(job), open_of(job), job.cell_sums);
      const std::uint32_t* const of = ranks_.data() + i * kRegisters;
      std::transform(of, of + kRegisters, job.registers,
                     [](std::uint32_t rank) { return static_cast<std::uint8_t>(rank); });
    }
  }

 private:
  void launch(Run& run, Uploads& uploads, const DeviceColumn* column, NumberTotals* totals, std::uint32_t* registers,
              std::int64_t* cells) {
    if (!run.ok()) return;
    std::vector<std::int64_t> rows;
    std::vector<NumberTask> tasks;
    std::size_t shared = shared_of(-1);
    for (const NumberJob& job : jobs_) {
      const std::size_t i = tasks.size();
      const CellIndex& index = static_cast<const Plan*>(job.plan)->index;
      const bool in_shared = shared_of(index.edges) <= run.tuning().shared;
      if (in_shared) shared = std::max(shared, shared_of(index.edges));
      std::int64_t* const counts = cells + place_[i];
      rows.push_back(job.rows.count);
      tasks.push_back({column == nullptr ? uploads.take(job.column) : *column, uploads.take(job.rows), job.centre,
                       job.scale, index, totals + i, counts, counts + cells_of(job), registers + i * kRegisters,
                       in_shared});
    }
    std::vector<std::int64_t> first;
    const Pieces pieces = cut(run, rows, first);
    run.launch(numbers_kernel, pieces.pieces, shared,
               NumberLaunch{run.upload(tasks.data(), static_cast<std::int64_t>(tasks.size())), pieces});
  }

  std::vector<NumberJob> jobs_;
  std::vector<std::int64_t> place_{0};  ///< of an item's counts, which its sums follow
  std::vector<NumberTotals> totals_;
  std::vector<std::uint32_t> ranks_;
  std::vector<std::int64_t> cells_;
};

class NumberSubmission final : public Submission {
 public:
  NumberSubmission(Context& context, const NumberJob* jobs, std::int64_t count)
      : Submission(context), work_(jobs, count) {
    work_.begin(run, nullptr);
    run.close();
  }
  void take() override { work_.take(); }

 private:
  NumberWork work_;
};

/// Where the arrays of an index lie in one piece of memory.
class PlanMemory {
 public:
  template <class T>
  std::int64_t add(const T* from, std::int64_t count) {
    const std::int64_t at = bytes_;
    parts_.push_back({at, from, static_cast<std::size_t>(count) * sizeof(T)});
    bytes_ = (at + count * static_cast<std::int64_t>(sizeof(T)) + 255) / 256 * 256;
    return at;
  }
  [[nodiscard]] std::int64_t bytes() const { return bytes_; }
  void copy(Run& run, unsigned char* to) const {
    for (const Part& part : parts_) run.copy_in(to + part.at, part.from, part.bytes);
  }

 private:
  struct Part {
    std::int64_t at;
    const void* from;
    std::size_t bytes;
  };
  std::vector<Part> parts_;
  std::int64_t bytes_ = 0;
};

}  // namespace

void* make_plan(Context& context, const CellIndex& index, Status& status) {
  PlanMemory memory;
  const std::int64_t buckets = memory.add(index.buckets, index.bucket_count);
  const std::int64_t starts = memory.add(index.starts, index.start_count);
  const std::int64_t wide_starts = memory.add(index.wide_starts, index.wide_start_count);
  const std::int64_t left = memory.add(index.left, index.left_count);
  const std::int64_t units = memory.add(index.units, index.unit_count);
  auto plan = std::make_unique<Plan>(Plan{index, nullptr, memory.bytes()});
  bool there = false;
  {
    Run run(context, status);
    plan->memory = run.room_to_keep(plan->bytes);
    auto* const at = static_cast<unsigned char*>(plan->memory);
    if (at == nullptr) return nullptr;
    memory.copy(run, at);
    there = run.wait();
    plan->index.buckets = reinterpret_cast<const std::uint32_t*>(at + buckets);
    plan->index.starts = index.start_count == 0 ? nullptr : reinterpret_cast<const std::uint16_t*>(at + starts);
    plan->index.wide_starts = reinterpret_cast<const std::uint32_t*>(at + wide_starts);
    plan->index.left = reinterpret_cast<const double*>(at + left);
    plan->index.units = reinterpret_cast<const std::uint16_t*>(at + units);
  }
  if (there) return plan.release();
  free_kept(context, plan->memory, plan->bytes);
  return nullptr;
}

void free_plan(Context& context, void* of) {
  const std::unique_ptr<Plan> plan(static_cast<Plan*>(of));
  if (plan != nullptr) free_kept(context, plan->memory, plan->bytes);
}

std::unique_ptr<Submission> begin_numbers(Context& context, const NumberJob* jobs, std::int64_t count) {
  return std::make_unique<NumberSubmission>(context, jobs, count);
}

void add_numbers(Run& run, const NumberJob* jobs, std::int64_t count, const DeviceColumn* column) {
  NumberWork work(jobs, count);
  work.begin(run, column);
  if (run.wait()) work.take();
}

}  // namespace longwatch::cuda
