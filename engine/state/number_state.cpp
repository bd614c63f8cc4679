// Counts of a column's rows, and the whole state of a numeric cell.
#include "engine/state/number_state.hpp"

namespace longwatch {

void CountsState::merge(const CountsState& other) {
  rows += other.rows;
  nulls += other.nulls;
  nans += other.nans;
  positive_inf += other.positive_inf;
  negative_inf += other.negative_inf;
}

void CountsState::serialize(ByteWriter& out) const {
  for (const std::int64_t count : {rows, nulls, nans, positive_inf, negative_inf})
    out.u64(static_cast<std::uint64_t>(count));
}

Result<CountsState> CountsState::deserialize(ByteReader& in) {
  CountsState state;
  for (std::int64_t* count : {&state.rows, &state.nulls, &state.nans, &state.positive_inf, &state.negative_inf}) {
    const std::uint64_t value = in.u64();
    if (value > static_cast<std::uint64_t>(kMaxStateRows)) return malformed("counts state", "a count out of range");
    *count = static_cast<std::int64_t>(value);
  }
  LW_CHECK(in.finish("counts state"));
  if (state.finite() < 0) return malformed("counts state", "more rows by kind than rows");
  return state;
}

void NumberState::merge(const NumberState& other) {
  counts.merge(other.counts);
  moments.merge(other.moments);
  histogram.merge(other.histogram);
  distinct.merge(other.distinct);
}

void NumberState::serialize(ByteWriter& out) const {
  counts.serialize(out);
  moments.serialize(out);
  histogram.serialize(out);
  distinct.serialize(out);
}

Result<NumberState> NumberState::deserialize(ByteReader& in, std::size_t cells) {
  NumberState state;
  LW_TRY(state.counts, CountsState::deserialize(in));
  LW_TRY(state.moments, MomentsState::deserialize(in));
  LW_TRY(state.histogram, HistogramState::deserialize(in, cells));
  LW_TRY(state.distinct, DistinctState::deserialize(in));
  const std::int64_t finite = state.counts.finite();
  if (state.moments.inside + state.moments.outside != finite)
    return malformed("number state", "moments of other rows than the counts");
  std::int64_t in_cells = 0;
  state.histogram.for_each([&](std::uint32_t, std::int64_t count, std::int64_t) { in_cells += count; });
  if (in_cells != finite) return malformed("number state", "a histogram of other rows than the counts");
  if (state.counts.rows == state.counts.missing() && state.distinct != DistinctState()) {
    return malformed("number state", "distinct values without values");
  }
  return state;
}

}  // namespace longwatch
