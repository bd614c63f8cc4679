// What the kinds have in common: views, exact sums, and the index of a column on a device.
#include "cuda/session.hpp"

#include <utility>
#include <vector>

#include "cpu/cell_table.hpp"
#include "engine/state/exact_row.hpp"

namespace longwatch::cuda {
namespace {

CellIndex index_of(const cpu::CellTable& table) {
  const cpu::CellView view = table.view();
  const cpu::CellSizes sizes = table.sizes();
  const auto length = [](std::size_t size) { return static_cast<std::int64_t>(size); };
  return {view.origin,
          view.low,
          view.high,
          view.first_key,
          view.shift,
          view.step,
          view.edges,
          view.buckets,
          view.starts,
          view.wide_starts,
          view.left,
          view.units,
          length(sizes.buckets),
          length(sizes.starts),
          length(sizes.wide_starts),
          length(sizes.left),
          length(sizes.units)};
}

}  // namespace

Column column_of(const ColumnView& view) {
  return {view.values, view.nulls == 0 ? nullptr : view.validity, view.bit_offset, type_of(view)};
}

Result<void> add_exact(ExactSum& to, const ExactSlots& from) {
  std::vector<std::pair<std::uint64_t, int128>> slots;
  for (std::size_t s = 0; s < row::kExactSlots; ++s) {
    uint128 units = 0;
    for (int i = 3; i >= 0; --i) units = units << 32 | from.words[s][i];
    if (units != 0) slots.emplace_back(s, static_cast<int128>(units));
  }
  const bool special = from.specials[0] != 0 || from.specials[1] != 0 || from.specials[2] != 0;
  if (slots.empty() && !special) return {};
  ByteWriter out;
  out.u64(2 * slots.size() + (special ? 1 : 0));
  for (const auto& [slot, units] : slots) {
    out.u64(slot);
    out.i128(units);
  }
  for (int i = 0; special && i < row::kExactSpecials; ++i) out.u64(static_cast<std::uint64_t>(from.specials[i]));
  ByteReader in(out.bytes());
  LW_TRY(const ExactSum sum, ExactSum::deserialize(in));
  to.merge(sum);
  return {};
}

Result<std::shared_ptr<const DevicePlan>> DevicePlan::make(std::shared_ptr<Session> session, const Partition& partition,
                                                           bool indexed, std::shared_ptr<const PreparedPlan> on_cpu,
                                                           Status& status) {
  LW_TRY(const cpu::CellTable table, cpu::CellTable::make(partition, indexed));
  const CellIndex index = index_of(table);
  void* const handle = session->module().make_plan(session->context(), &index, &status);
  return std::shared_ptr<const DevicePlan>(new DevicePlan(std::move(session), handle, std::move(on_cpu)));
}

}  // namespace longwatch::cuda
