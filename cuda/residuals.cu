// Adds the rows of residual items: exact sums of their terms and a histogram of the errors. The twin of
// cpu/residuals.cpp.

#include <algorithm>
#include <limits>
#include <vector>

#include "cuda/atomics.hpp"
#include "cuda/columns.hpp"
#include "cuda/pieces.hpp"
#include "cuda/table.hpp"
#include "engine/state/residual_row.hpp"

namespace longwatch::cuda {
namespace {

static_assert(kResidualSums == row::kResidualTerms && kResidualBins == 2 * row::kErrorBins + 1);

struct ResidualTask {
  DeviceColumn prediction;
  DeviceColumn label;
  double centre;
  DeviceRows rows;
  ResidualSums* sums;  ///< of the item, on the device; all zero at first
};

struct ResidualLaunch {
  const ResidualTask* tasks;
  Pieces pieces;
};

/// What a block keeps of a strip: sums in four words a slot, then the bins.
constexpr std::int64_t kSumWords = std::int64_t{kResidualSums} * row::kExactSlots * 4;
constexpr std::int64_t kBlockWords = kSumWords + kResidualBins;

LW_DEVICE bool is_finite(double x) { return x - x == 0; }

/// What a thread keeps of its rows.
struct ThreadCounts {
  std::int64_t labelled = 0;
  std::int64_t unlabelled = 0;
  std::int64_t unpredicted = 0;
  std::int64_t labels_alone = 0;
  std::int64_t zero_labels = 0;
  std::int64_t negatives = 0;
};

LW_DEVICE void add_term(const ResidualTask& task, std::uint32_t* words, int which, double term) {
  if (term == 0) return;
  const row::ExactTerm part = row::exact_term(term);
  if (part.slot < 0) {
    atomic_add(&task.sums->sums[which].specials[-1 - part.slot], std::int64_t{1});
    return;
  }
  using Words = std::uint32_t[4];
  atomic_add(reinterpret_cast<Words*>(words)[which * row::kExactSlots + part.slot], part.units);
}

LW_DEVICE void add_row(const ResidualTask& task, std::uint32_t* words, std::int64_t row, ThreadCounts& counts) {
  const double prediction = number_or_nan(task.prediction, row);
  const double label = number_or_nan(task.label, row);
  if (!is_finite(prediction)) {
    counts.unpredicted += 1;
    counts.labels_alone += is_finite(label) ? 1 : 0;
    return;
  }
  if (!is_finite(label)) {
    counts.unlabelled += 1;
    return;
  }
  const row::ResidualTerms terms = row::residual_terms(prediction, label, task.centre);
  for (int i = 0; i < row::kResidualTerms; ++i) add_term(task, words, i, terms.value[i]);
  counts.labelled += 1;
  counts.zero_labels += terms.zero_label ? 1 : 0;
  counts.negatives += terms.negative ? 1 : 0;
  (void)atomic_add(words + kSumWords + row::error_bin(terms.value[row::kError]) + row::kErrorBins, 1U);
}

LW_DEVICE void add_counts(ResidualSums& sums, const ThreadCounts& counts) {
  atomic_add(&sums.labelled, counts.labelled);
  atomic_add(&sums.unlabelled, counts.unlabelled);
  atomic_add(&sums.unpredicted, counts.unpredicted);
  atomic_add(&sums.labels_alone, counts.labels_alone);
  atomic_add(&sums.zero_labels, counts.zero_labels);
  atomic_add(&sums.negatives, counts.negatives);
}

LW_DEVICE void flush_block(ResidualSums& sums, const std::uint32_t* words, int rank, int threads) {
  for (int slot = rank; slot < kResidualSums * row::kExactSlots; slot += threads) {
    uint128 units = 0;
    for (int i = 3; i >= 0; --i) units = units << 32 | words[4 * slot + i];
    if (units != 0) atomic_add(sums.sums[slot / row::kExactSlots].words[slot % row::kExactSlots], units);
  }
  for (int bin = rank; bin < kResidualBins; bin += threads) {
    if (words[kSumWords + bin] != 0) atomic_add(&sums.bins[bin], std::int64_t{words[kSumWords + bin]});
  }
}

LW_KERNEL(residuals_kernel, ResidualLaunch) {
  LW_THREAD(t);
  auto* const words = reinterpret_cast<std::uint32_t*>(t.shared());
  for (Strips strips(job.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const ResidualTask task = job.tasks[strip.item];
    for (std::int64_t i = t.rank(); i < kBlockWords; i += t.size()) words[i] = 0;
    LW_SYNC(t);  // zeroed
    ThreadCounts counts;
    for (std::int64_t i = strip.begin + t.rank(); i < strip.end; i += t.size())
      add_row(task, words, row_at(task.rows, i), counts);
    add_counts(*task.sums, counts);
    LW_SYNC(t);  // all rows are in
    flush_block(*task.sums, words, t.rank(), t.size());
    LW_SYNC(t);  // the next strip may overwrite
  }
  LW_END;
}

class ResidualSubmission final : public Submission {
 public:
  ResidualSubmission(Context& context, const ResidualJob* jobs, std::int64_t count)
      : Submission(context), jobs_(jobs, jobs + count), got_(static_cast<std::size_t>(count)) {
    Uploads uploads(run);
    std::vector<std::int64_t> rows;
    for (const ResidualJob& job : jobs_) {
      uploads.need(job.prediction, job.rows);
      uploads.need(job.label, job.rows);
      rows.push_back(job.rows.count);
    }
    run.reserve(uploads.bytes() + static_cast<std::int64_t>(sizeof(ResidualSums)) * count);
    auto* const sums = run.zeros<ResidualSums>(count);
    if (!run.ok()) return;
    std::vector<ResidualTask> tasks;
    for (const ResidualJob& job : jobs_) {
      tasks.push_back({uploads.take(job.prediction), uploads.take(job.label), job.centre, uploads.take(job.rows),
                       sums + tasks.size()});
    }
    std::vector<std::int64_t> first;
    const Pieces pieces = cut(run, rows, first);
    run.launch(residuals_kernel, pieces.pieces, static_cast<std::size_t>(kBlockWords) * sizeof(std::uint32_t),
               ResidualLaunch{run.upload(tasks.data(), count), pieces});
    run.download(got_.data(), sums, count);
    run.close();
  }

  void take() override {
    for (std::size_t i = 0; i < jobs_.size(); ++i) *jobs_[i].sums = got_[i];
  }

 private:
  std::vector<ResidualJob> jobs_;
  std::vector<ResidualSums> got_;
};

}  // namespace

std::unique_ptr<Submission> begin_residuals(Context& context, const ResidualJob* jobs, std::int64_t count) {
  return std::make_unique<ResidualSubmission>(context, jobs, count);
}

}  // namespace longwatch::cuda
