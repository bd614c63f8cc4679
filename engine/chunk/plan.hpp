#pragma once
// Chunks and segments: which cell every row belongs to. One read of the timestamp and segment columns.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/config/config.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// One chunk of a period of data. Times are microseconds since 1970-01-01 UTC; without a timestamp column both are 0
/// and `timed` is false. For calendar chunks [start, end) is the calendar period; for the others start and end are the
/// first and last row's timestamps.
struct Chunk {
  std::int64_t index = 0;  ///< 0, 1, ... in time order; periods without rows have no chunk
  std::string key;         ///< see period_key: "2013-05", "2013-05-20/2013-05-26"; "[0:4999]" for size and number
  bool timed = false;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::int64_t rows = 0;
};

/// A run of consecutive rows of one row group that share a chunk. chunk == -1: the rows belong to no chunk.
struct ChunkRun {
  std::int32_t chunk = -1;
  std::int64_t rows = 0;
};

/// The chunks of one source, and the chunk of each of its rows.
struct ChunkPlan {
  std::vector<Chunk> chunks;
  std::vector<std::vector<ChunkRun>> runs;  ///< by row group of the source; run lengths add up to its rows
  std::int64_t rows = 0;
  std::int64_t rows_without_timestamp = 0;  ///< null or unreadable; they belong to no chunk
  std::int64_t rows_before = 0;  ///< of a timestamp before `not_before` (see plan_chunks); chunked all the same
  std::int64_t first_time = 0, last_time = 0;  ///< UTC, over all rows with a timestamp; 0 without one
  std::int64_t rows_dropped = 0;  ///< of a short last chunk under Incomplete::drop; they belong to no chunk
  std::int64_t groups = 1;        ///< parts that every chunk is split into, one after the other; see split_by_block
};

/// Splits the rows of `source` by `rule`. Chunks by size and number follow the timestamp (ties: file path, then row),
/// or the row order where `timestamp` is empty. `time_zone` (IANA, empty: UTC) places timestamps without a zone.
/// Timestamps may be timestamps, dates, ISO 8601 texts, epoch numbers (seconds, ms, us or ns, told apart by size) or
/// years. O(rows) time; memory O(runs), or 16 bytes a row while rows in no order are sorted (size and number).
/// Errors: a calendar rule without a timestamp column, an unknown zone, a column that is no time, more than 1,000,000
/// chunks, no rows at all. `not_before` (UTC): rows before it are counted as `rows_before`.
Result<ChunkPlan> plan_chunks(const Source& source, const std::string& timestamp, const std::string& time_zone,
                              const ChunkRule& rule, std::int64_t not_before = INT64_MIN);

/// One segment: the rows that share a value of a definition's columns. Index 0 is `all`.
struct Segment {
  int definition = -1;   ///< index into the definitions; -1 for `all`
  std::string columns;   ///< "carrier", "carrier,origin"; empty for `all`
  std::string value;     ///< "UA", "UA,EWR" (a comma or backslash inside a value is escaped with a backslash; a missing
                         ///< part is \N)
  bool missing = false;  ///< a single column's missing values: the value is null
};

/// The segments of a model. `segments[0]` is `all`; then by definition, each definition's in bytewise order of value,
/// missing last. Analysis segments that the reference lacks come after all the reference's.
struct SegmentPlan {
  std::vector<SegmentDefinition> definitions;
  std::vector<Segment> segments;
};

/// Finds the segments that occur in `source`, after those of `known` (which keep their indices). More than
/// `max_segments` values of a definition is an error that names the column, the number and the limit.
Result<SegmentPlan> plan_segments(const Source& source, const std::vector<SegmentDefinition>& definitions,
                                  std::int64_t max_segments, const SegmentPlan* known = nullptr);

/// Maps rows of slabs to segments, one definition at a time. Not thread-safe: one per worker; copies are cheap to make.
class SegmentRouter {
 public:
  explicit SegmentRouter(const SegmentPlan& plan);
  ~SegmentRouter();
  SegmentRouter(SegmentRouter&&) noexcept;
  /// Writes the segment index of each of `rows` rows into `out` for definition `definition`, whose columns' category
  /// views (code32) are given in the definition's order.
  void route(int definition, std::span<const ColumnView> columns, std::int64_t rows, std::int32_t* out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace longwatch
