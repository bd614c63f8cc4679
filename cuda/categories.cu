// Counts the codes of categorical items. The twin of cpu/categories.cpp.

#include <algorithm>
#include <vector>

#include "cuda/atomics.hpp"
#include "cuda/columns.hpp"
#include "cuda/pieces.hpp"
#include "cuda/table.hpp"

namespace longwatch::cuda {
namespace {

struct CategoryTask {
  DeviceColumn column;
  DeviceRows rows;
  std::int64_t codes;
  std::int64_t* counts;  ///< by code, then nulls, then codes beyond the dictionary
  bool in_shared;        ///< the counts fit a block's memory
};

struct CategoryLaunch {
  const CategoryTask* tasks;
  Pieces pieces;
};

/// Where a row is counted.
LW_DEVICE std::int64_t counter_of(const CategoryTask& task, std::int64_t row) {
  if (!valid_at(task.column, row)) return task.codes;
  const std::uint32_t code = code_at(task.column, row);
  return code < task.codes ? static_cast<std::int64_t>(code) : task.codes + 1;
}

LW_KERNEL(categories_kernel, CategoryLaunch) {
  LW_THREAD(t);
  auto* const counts = reinterpret_cast<std::uint32_t*>(t.shared());
  for (Strips strips(job.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const CategoryTask task = job.tasks[strip.item];
    const std::int64_t counters = task.in_shared ? task.codes + 2 : 0;
    for (std::int64_t i = t.rank(); i < counters; i += t.size()) counts[i] = 0;
    LW_SYNC(t);  // zeroed
    for (std::int64_t i = strip.begin + t.rank(); i < strip.end; i += t.size()) {
      const std::int64_t at = counter_of(task, row_at(task.rows, i));
      if (task.in_shared) {
        (void)atomic_add(counts + at, 1U);
      } else {
        atomic_add(task.counts + at, std::int64_t{1});
      }
    }
    LW_SYNC(t);  // all rows are in
    for (std::int64_t i = t.rank(); i < counters; i += t.size()) {
      if (counts[i] != 0) atomic_add(task.counts + i, std::int64_t{counts[i]});
    }
    LW_SYNC(t);  // the next strip may overwrite
  }
  LW_END;
}

std::size_t shared_of(std::int64_t codes) { return static_cast<std::size_t>(codes + 2) * sizeof(std::uint32_t); }

class CategorySubmission final : public Submission {
 public:
  CategorySubmission(Context& context, const CategoryJob* jobs, std::int64_t count)
      : Submission(context), jobs_(jobs, jobs + count) {
    Uploads uploads(run);
    std::vector<std::int64_t> rows;
    for (const CategoryJob& job : jobs_) {
      uploads.need(job.column, job.rows);
      rows.push_back(job.rows.count);
      place_.push_back(place_.back() + job.codes + 2);
    }
    run.reserve(uploads.bytes() + 8 * place_.back());
    auto* const counts = run.zeros<std::int64_t>(place_.back());
    if (!run.ok()) return;
    std::vector<CategoryTask> tasks;
    std::size_t shared = 0;
    for (const CategoryJob& job : jobs_) {
      const bool in_shared = shared_of(job.codes) <= run.tuning().shared;
      if (in_shared) shared = std::max(shared, shared_of(job.codes));
      tasks.push_back(
          {uploads.take(job.column), uploads.take(job.rows), job.codes, counts + place_[tasks.size()], in_shared});
    }
    std::vector<std::int64_t> first;
    const Pieces pieces = cut(run, rows, first);
    run.launch(categories_kernel, pieces.pieces, shared, CategoryLaunch{run.upload(tasks.data(), count), pieces});
    got_.resize(static_cast<std::size_t>(place_.back()));
    run.download(got_.data(), counts, place_.back());
    run.close();
  }

  void take() override {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      const CategoryJob& job = jobs_[i];
      const std::int64_t* const of = got_.data() + place_[i];
      std::copy_n(of, job.codes, job.counts);
      *job.nulls = of[job.codes];
      if (of[job.codes + 1] != 0) run.fail(kOutOfRange, "a category code lies outside its dictionary");
    }
  }

 private:
  std::vector<CategoryJob> jobs_;
  std::vector<std::int64_t> place_{0};  ///< of an item's counts
  std::vector<std::int64_t> got_;
};

}  // namespace

std::unique_ptr<Submission> begin_categories(Context& context, const CategoryJob* jobs, std::int64_t count) {
  return std::make_unique<CategorySubmission>(context, jobs, count);
}

}  // namespace longwatch::cuda
