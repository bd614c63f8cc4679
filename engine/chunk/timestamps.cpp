// Reads timestamps and places those without a zone.
#include "engine/chunk/timestamps.hpp"

#include <algorithm>

#include "engine/chunk/civil.hpp"

namespace longwatch {

Result<TimestampReader> TimestampReader::open(const Source& source, const RowGroup& group, const std::string& column,
                                              const TimeZone& zone) {
  TimestampReader out;
  LW_TRY(out.reader_, source.read(group, column, ReadAs::time));
  out.zone_ = &zone;
  out.rows_left_ = group.rows;
  out.where_.file = source.files()[static_cast<std::size_t>(group.file)].path;
  out.where_.row_group = group.index;
  out.where_.column = column;
  return out;
}

Result<TimeSlab> TimestampReader::next() {
  if (rows_left_ == 0) return TimeSlab{};
  LW_TRY(const ColumnView view, reader_->next(std::min(rows_left_, kTimeSlabRows)));
  if (view.length <= 0 || view.length > rows_left_ || view.type != ValueType::micros64) {
    return Error{ErrorCode::internal, "the reader did not deliver the timestamps it was asked for", where_, ""};
  }
  rows_left_ -= view.length;
  const auto* values = static_cast<const std::int64_t*>(view.values);
  if (reader_->zoned() || zone_->is_utc()) return TimeSlab{view, values};
  utc_.resize(static_cast<std::size_t>(view.length));
  ZonePiece piece;
  for (std::int64_t i = 0; i < view.length; ++i) {
    if (!view.valid(i)) continue;
    if (values[i] < piece.begin || values[i] >= piece.end) piece = zone_->piece_at_local(values[i]);
    utc_[static_cast<std::size_t>(i)] = add_saturated(values[i], -piece.offset);
  }
  return TimeSlab{view, utc_.data()};
}

}  // namespace longwatch
