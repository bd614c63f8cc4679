// Checks a chunk rule against a source and hands it to the chunker that knows it.
#include "engine/chunk/plan.hpp"

#include <fmt/format.h>

#include "engine/chunk/chunkers.hpp"
#include "engine/chunk/row_groups.hpp"
#include "engine/chunk/time.hpp"

namespace longwatch {
namespace {

Result<ChunkPlan> plan(const Source& source, const std::string& timestamp, const std::string& time_zone,
                       const ChunkRule& rule, std::int64_t not_before) {
  if (rule.count < 1) {
    return Error{
        ErrorCode::configuration, fmt::format("chunks of {} cannot be made", rule.count), {}, "give 1 or more"};
  }
  if (rule.kind == ChunkKind::period && timestamp.empty()) {
    return Error{ErrorCode::configuration,
                 "chunks by calendar period need a timestamp column",
                 {},
                 "add timestamp: COLUMN, or chunk by size or number"};
  }
  if (source.rows() == 0) {
    Location where;
    if (!source.files().empty()) where.file = source.files().front().path;
    return Error{ErrorCode::data, "there are no rows to chunk", where, "check the path and the row filter"};
  }
  TimedRows rows{&source, timestamp, {}, not_before};
  LW_TRY(rows.zone, TimeZone::find(time_zone));
  if (rule.kind != ChunkKind::period) return chunks_by_position(rows, rule);
  LW_TRY(const TimeZone calendar, TimeZone::find(rule.time_zone));
  return chunks_by_period(rows, rule, calendar);
}

}  // namespace

Error no_usable_timestamp(const TimedRows& rows) {
  Location where;
  where.column = rows.timestamp;
  return {ErrorCode::data, fmt::format("none of the {} rows has a usable timestamp", rows.source->rows()), where,
          "check that timestamp: names the right column, or leave it out and chunk by size or number"};
}

Error too_many_chunks(const std::string& hint) {
  return {ErrorCode::configuration, fmt::format("the data makes more than {} chunks", kMaxChunks), {}, hint};
}

Result<ChunkPlan> plan_chunks(const Source& source, const std::string& timestamp, const std::string& time_zone,
                              const ChunkRule& rule, std::int64_t not_before) {
  return without_exceptions("chunking rows", [&] { return plan(source, timestamp, time_zone, rule, not_before); });
}

}  // namespace longwatch
