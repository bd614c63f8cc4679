// Numeric items as jobs of the module, and its sums as partials. The kernel is in numbers.cu.

#include <algorithm>
#include <optional>
#include <vector>

#include "cuda/session.hpp"

namespace longwatch::cuda {
namespace {

Result<void> add_histogram(const NumberJob& job, NumberPartial& out) {
  HistogramPartial& histogram = out.histogram;
  for (std::size_t cell = 0; cell < histogram.counts.size(); ++cell) {
    if (job.counts[cell] == 0) continue;
    histogram.counts[cell] += job.counts[cell];
    histogram.touched[cell / 64] = 1;
    if (cell % 2 == 0) histogram.sums[cell / 2] += job.cell_sums[cell / 2];
  }
  LW_CHECK(add_exact(histogram.below, job.sums->below));
  return add_exact(histogram.above, job.sums->above);
}

Result<void> add_moments(const NumberSums& sums, MomentsState& out) {
  out.minimum = std::min(out.minimum, sums.minimum);
  out.maximum = std::max(out.maximum, sums.maximum);
  out.inside += sums.inside;
  out.outside += sums.outside;
  for (int k = 0; k < 4; ++k) {
    out.sums[k] += static_cast<int128>(sums.power_high[k]) * (std::int64_t{1} << 32) + sums.power_low[k];
    LW_CHECK(add_exact(out.tails[k], sums.tails[k]));
  }
  return {};
}

Result<void> add(const NumberJob& job, NumberPartial& out) {
  out.counts.rows += job.rows.count;
  out.counts.nulls += job.sums->nulls;
  out.counts.nans += job.sums->nans;
  out.counts.positive_inf += job.sums->positive_inf;
  out.counts.negative_inf += job.sums->negative_inf;
  LW_CHECK(add_moments(*job.sums, out.moments));
  LW_CHECK(add_histogram(job, out));
  for (std::size_t i = 0; i < out.registers.size(); ++i)
    out.registers[i] = std::max(out.registers[i], job.registers[i]);
  return {};
}

class StartedNumbers final : public Started {
 public:
  StartedNumbers(const Session& session, std::span<const NumberItem> items)
      : pins_(session),
        items_(items.begin(), items.end()),
        sums_(items.size()),
        registers_(items.size() * row::kDistinctRegisters) {}

  Result<void> make_jobs(const std::shared_ptr<Session>& session, Status& status) {
    std::size_t cells = 0;
    for (const NumberItem& item : items_) cells += counters_of(item);
    cells_.resize(cells);
    std::int64_t* at = cells_.data();
    for (const NumberItem& item : items_) {
      LW_TRY(const DevicePlan* const plan, plan_of(session, item, status));
      if (status.code != kDone) return {};
      const std::size_t i = jobs_.size();
      jobs_.push_back({pins_.column_of(item.column), rows_of(item.rows), item.plan->moments.centre,
                       item.plan->moments.scale, plan->handle(), &sums_[i], at, at + item.plan->partition->cells(),
                       registers_.data() + i * row::kDistinctRegisters});
      at += counters_of(item);
    }
    return {};
  }
  void start(const Session& session, Status& status) {
    going_.emplace(session, session.module().numbers(session.context(), jobs_.data(),
                                                     static_cast<std::int64_t>(jobs_.size()), &status));
  }
  [[nodiscard]] const std::vector<NumberJob>& jobs() const { return jobs_; }

  /// Adds what the module wrote.
  Result<void> add_all() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) LW_CHECK(add(jobs_[i], *items_[i].out));
    return {};
  }

  Result<void> finish(Status& status) override {
    going_->finish(status);
    return status.code == kDone ? add_all() : Result<void>();
  }

 private:
  static std::size_t counters_of(const NumberItem& item) {
    return item.plan->partition->cells() + item.plan->partition->edges().size() + 1;
  }

  Result<const DevicePlan*> plan_of(const std::shared_ptr<Session>& session, const NumberItem& item, Status& status) {
    const auto* plan = dynamic_cast<const DevicePlan*>(item.plan->prepared.get());
    if (plan != nullptr && plan->is_of(*session)) return plan;
    LW_TRY(auto made, DevicePlan::make(session, *item.plan->partition, false, nullptr, status));
    return plain_.emplace_back(std::move(made)).get();
  }

  Pins pins_;
  std::vector<NumberItem> items_;
  std::vector<NumberSums> sums_;
  std::vector<std::int64_t> cells_;  ///< an item's counts, then its sums
  std::vector<std::uint8_t> registers_;
  std::vector<std::shared_ptr<const DevicePlan>> plain_;  ///< of items whose plan was not prepared
  std::vector<NumberJob> jobs_;
  std::optional<Going> going_;
};

}  // namespace

Result<std::unique_ptr<Started>> start_numbers(const std::shared_ptr<Session>& session,
                                               std::span<const NumberItem> items, Status& status) {
  auto out = std::make_unique<StartedNumbers>(*session, items);
  LW_CHECK(out->make_jobs(session, status));
  if (status.code == kDone) out->start(*session, status);
  if (status.code != kDone) return std::unique_ptr<Started>();
  return std::unique_ptr<Started>(std::move(out));
}

Result<void> run_numbers(const std::shared_ptr<Session>& session, std::span<const NumberItem> items, const RunJobs& run,
                         Status& status) {
  StartedNumbers work(*session, items);
  LW_CHECK(work.make_jobs(session, status));
  if (status.code == kDone) run(work.jobs().data(), static_cast<std::int64_t>(work.jobs().size()));
  return status.code == kDone ? work.add_all() : Result<void>();
}

}  // namespace longwatch::cuda
