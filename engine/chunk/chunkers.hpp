#pragma once
// The two ways of making chunks behind plan_chunks: by the calendar, and by position in time order.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "engine/chunk/plan.hpp"
#include "engine/chunk/time.hpp"

namespace longwatch {

inline constexpr std::int64_t kMaxChunks = 1000000;

/// What is cut: the rows of a source, in the order of a timestamp column (empty: in row order).
struct TimedRows {
  const Source* source = nullptr;
  std::string timestamp;
  TimeZone zone;                ///< of timestamps without a zone
  std::int64_t not_before = 0;  ///< rows before this instant are counted
};

/// The instants of a row group at a glance.
struct TimeRange {
  std::int64_t rows = 0;
  std::int64_t rows_before = 0;  ///< before TimedRows::not_before
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();

  void add(std::int64_t utc, std::int64_t not_before) {
    ++rows;
    rows_before += utc < not_before ? 1 : 0;
    first = std::min(first, utc);
    last = std::max(last, utc);
  }
  void merge(const TimeRange& other) {
    rows += other.rows;
    rows_before += other.rows_before;
    first = std::min(first, other.first);
    last = std::max(last, other.last);
  }
  /// Writes what a plan says of all its rows.
  void write_to(ChunkPlan& plan) const {
    plan.rows_without_timestamp = plan.rows - rows;
    plan.rows_before = rows_before;
    plan.first_time = first;
    plan.last_time = last;
  }
};

/// One chunk for every calendar period (of `calendar`) that has rows. Needs a timestamp.
Result<ChunkPlan> chunks_by_period(const TimedRows& rows, const ChunkRule& rule, const TimeZone& calendar);

/// Chunks of a fixed number of rows, or a fixed number of chunks.
Result<ChunkPlan> chunks_by_position(const TimedRows& rows, const ChunkRule& rule);

/// No row of `rows` has a usable timestamp.
Error no_usable_timestamp(const TimedRows& rows);
/// More than kMaxChunks chunks.
Error too_many_chunks(const std::string& hint);

}  // namespace longwatch
