// Feeds the rows of a numeric item to the number kernel, block by block, and keeps what does not fit 64-bit integers.

#include <algorithm>
#include <memory>
#include <optional>

#include "cpu/cell_table.hpp"
#include "cpu/kernels.hpp"

namespace longwatch::cpu {
namespace {

void begin_target(const NumberPlan& plan, const CellView& cells, std::int64_t rows, NumberPartial& out,
                  NumberTarget& target) {
  target.cells = cells;
  target.centre = plan.moments.centre;
  target.scale = plan.moments.scale;
  target.counts = out.histogram.counts.data();
  target.sums = out.histogram.sums.data();
  // Many rows leave hardly a group of cells out: one write of all flags instead of one a row.
  target.touched = out.histogram.touched.data();
  target.all_touched = rows >= static_cast<std::int64_t>(out.histogram.counts.size());
  if (target.all_touched) std::fill(out.histogram.touched.begin(), out.histogram.touched.end(), std::uint8_t{1});
  target.registers = out.registers.data();
  target.minimum = out.moments.minimum;
  target.maximum = out.moments.maximum;
}

/// Takes what a block left: its power sums, and the values that only an exact sum can hold.
void take_block(const NumberTarget& target, NumberPartial& out) {
  MomentsState& moments = out.moments;
  for (int k = 0; k < 4; ++k) moments.sums[k] += target.powers[k];
  moments.outside += target.outside;
  for (int i = 0; i < target.outside; ++i) {
    const double y = target.outside_scores[i];
    const double y2 = y * y;
    moments.tails[0].add(y);
    moments.tails[1].add(y2);
    moments.tails[2].add(y2 * y);
    moments.tails[3].add(y2 * y2);
  }
  for (int i = 0; i < target.below; ++i) out.histogram.below.add(target.below_values[i]);
  for (int i = 0; i < target.above; ++i) out.histogram.above.add(target.above_values[i]);
}

void end_target(const NumberTarget& target, std::int64_t rows, NumberPartial& out) {
  out.counts.rows += rows;
  out.counts.nulls += target.nulls;
  out.counts.nans += target.nans;
  out.counts.positive_inf += target.positive_inf;
  out.counts.negative_inf += target.negative_inf;
  out.moments.minimum = target.minimum;
  out.moments.maximum = target.maximum;
  out.moments.inside += target.inside;
}

}  // namespace

Result<void> add_numbers(const NumberItem& item, NumberKernel kernel) {
  const ColumnView& column = item.column;
  std::optional<CellTable> plain;
  const auto* table = dynamic_cast<const CellTable*>(item.plan->prepared.get());
  if (table == nullptr) {
    LW_TRY(plain, CellTable::make(*item.plan->partition, false));
    table = &*plain;
  }
  const auto target = std::make_unique<NumberTarget>();
  begin_target(*item.plan, table->view(), item.rows.count, *item.out, *target);
  NumberBlock block;
  block.values = column.values;
  block.float32 = column.type == ValueType::float32;
  block.validity = column.nulls == 0 ? nullptr : column.validity;
  block.bit_offset = column.bit_offset;
  for (std::int64_t done = 0; done < item.rows.count; done += block.count) {
    block.count = static_cast<int>(std::min<std::int64_t>(kBlockRows, item.rows.count - done));
    block.begin = item.rows.begin + done;
    block.rows = item.rows.rows == nullptr ? nullptr : item.rows.rows + done;
    kernel(block, *target);
    take_block(*target, *item.out);
  }
  end_target(*target, item.rows.count, *item.out);
  return {};
}

}  // namespace longwatch::cpu
