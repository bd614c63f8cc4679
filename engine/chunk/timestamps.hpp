#pragma once
// The timestamps of a row group as UTC instants, slab by slab; and runs of rows that share a chunk.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/chunk/time.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

inline constexpr std::int64_t kTimeSlabRows = 65536;

/// Rows of a row group. utc[i] is meaningful where view.valid(i).
struct TimeSlab {
  ColumnView view;
  const std::int64_t* utc = nullptr;
};

/// Reads the timestamps of one row group, front to back.
class TimestampReader {
 public:
  /// `zone` (borrowed) places times without a zone.
  static Result<TimestampReader> open(const Source& source, const RowGroup& group, const std::string& column,
                                      const TimeZone& zone);
  /// The next rows; none (length 0) at the end. Valid until the next call.
  Result<TimeSlab> next();

 private:
  std::unique_ptr<ColumnReader> reader_;
  const TimeZone* zone_ = nullptr;
  std::int64_t rows_left_ = 0;
  Location where_;
  std::vector<std::int64_t> utc_;
};

/// Appends `rows` rows of `chunk` to runs, joining equal neighbours.
inline void add_run(std::vector<ChunkRun>& runs, std::int32_t chunk, std::int64_t rows) {
  if (rows == 0) return;
  if (!runs.empty() && runs.back().chunk == chunk) {
    runs.back().rows += rows;
  } else {
    runs.push_back({chunk, rows});
  }
}

/// Calls `each(utc, usable)` for every row of a group in order.
template <class Each>
Result<void> for_each_time(const Source& source, const RowGroup& group, const std::string& column, const TimeZone& zone,
                           const Each& each) {
  LW_TRY(TimestampReader reader, TimestampReader::open(source, group, column, zone));
  while (true) {
    LW_TRY(const TimeSlab slab, reader.next());
    if (slab.view.length == 0) return {};
    if (slab.view.nulls == 0) {
      for (std::int64_t i = 0; i < slab.view.length; ++i) each(slab.utc[i], true);
    } else {
      for (std::int64_t i = 0; i < slab.view.length; ++i) each(slab.utc[i], slab.view.valid(i));
    }
  }
}

}  // namespace longwatch
