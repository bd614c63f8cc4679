// Numeric items as jobs of the module, and its sums as partials. The kernel is in numbers.cu.

#include <algorithm>
#include <vector>

#include "cuda/session.hpp"

namespace longwatch::cuda {
namespace {

/// What the module writes for the items of a submission.
struct Room {
  std::vector<NumberSums> sums;
  std::vector<std::int64_t> cells;  ///< an item's counts, then its sums
  std::vector<std::uint8_t> registers;
};

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

}  // namespace

Result<void> run_numbers(const std::shared_ptr<Session>& session, std::span<const NumberItem> items, Status& status) {
  Room room;
  std::size_t cells = 0;
  for (const NumberItem& item : items)
    cells += item.plan->partition->cells() + item.plan->partition->edges().size() + 1;
  room.sums.resize(items.size());
  room.cells.resize(cells);
  room.registers.resize(items.size() * row::kDistinctRegisters);
  std::vector<std::shared_ptr<const DevicePlan>> plain;  // of items whose plan was not prepared
  std::vector<NumberJob> jobs;
  std::int64_t* at = room.cells.data();
  for (const NumberItem& item : items) {
    const auto* plan = dynamic_cast<const DevicePlan*>(item.plan->prepared.get());
    if (plan == nullptr || !plan->is_of(*session)) {
      LW_TRY(auto made, DevicePlan::make(session, *item.plan->partition, false, nullptr, status));
      if (status.code != kDone) return {};
      plan = plain.emplace_back(std::move(made)).get();
    }
    const std::size_t i = jobs.size();
    jobs.push_back({column_of(item.column), rows_of(item.rows), item.plan->moments.centre, item.plan->moments.scale,
                    plan->handle(), &room.sums[i], at, at + item.plan->partition->cells(),
                    room.registers.data() + i * row::kDistinctRegisters});
    at += item.plan->partition->cells() + item.plan->partition->edges().size() + 1;
  }
  session->module().numbers(session->context(), jobs.data(), static_cast<std::int64_t>(jobs.size()), &status);
  if (status.code != kDone) return {};
  for (std::size_t i = 0; i < jobs.size(); ++i) LW_CHECK(add(jobs[i], *items[i].out));
  return {};
}

}  // namespace longwatch::cuda
