// Chunks by calendar period. One parallel read; each row group numbers the periods it meets, then all are put in order.
#include <algorithm>
#include <limits>
#include <unordered_map>

#include "engine/chunk/chunkers.hpp"
#include "engine/chunk/civil.hpp"
#include "engine/chunk/row_groups.hpp"
#include "engine/chunk/timestamps.hpp"

namespace longwatch {
namespace {

// The period of UTC instants; neighbours mostly share one, so the last is kept with the instants it holds.
class PeriodFinder {
 public:
  PeriodFinder(const ChunkRule& rule, const TimeZone& zone) : rule_(rule), zone_(zone) {}

  /// True where `utc` is in the same period as the last call of `find`.
  [[nodiscard]] bool same(std::int64_t utc) const { return utc >= begin_ && utc < end_; }

  std::int64_t find(std::int64_t utc) {
    const ZonePiece piece = zone_.piece_at_utc(utc);
    const std::int64_t period = period_of(add_saturated(utc, piece.offset), rule_.unit, rule_.count);
    const std::int64_t start = period_start(period, rule_.unit, rule_.count);
    const std::int64_t next = period_start(period + 1, rule_.unit, rule_.count);
    begin_ = std::max(piece.begin, add_saturated(start, -piece.offset));
    end_ = std::min(piece.end, add_saturated(next, -piece.offset));
    return period;
  }

 private:
  const ChunkRule& rule_;
  const TimeZone& zone_;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;  // nothing yet
};

// What one row group holds: its periods in order of first sight, and runs whose `chunk` is an index into them.
struct GroupPeriods {
  std::vector<std::int64_t> periods;
  std::vector<std::int64_t> rows;  // by period
  std::vector<ChunkRun> runs;
  TimeRange range;
};

Result<void> read_group(const TimedRows& rows, const RowGroup& group, PeriodFinder finder, GroupPeriods& out) {
  std::unordered_map<std::int64_t, std::int32_t> index;
  std::int32_t current = -1;
  LW_CHECK(for_each_time(*rows.source, group, rows.timestamp, rows.zone, [&](std::int64_t utc, bool usable) {
    if (!usable) return add_run(out.runs, -1, 1);
    out.range.add(utc, rows.not_before);
    if (!finder.same(utc)) {
      const std::int64_t period = finder.find(utc);
      current = index.try_emplace(period, static_cast<std::int32_t>(out.periods.size())).first->second;
      if (current == static_cast<std::int32_t>(out.periods.size())) out.periods.push_back(period);
    }
    add_run(out.runs, current, 1);
  }));
  out.rows.assign(out.periods.size(), 0);
  for (const ChunkRun& run : out.runs) {
    if (run.chunk >= 0) out.rows[static_cast<std::size_t>(run.chunk)] += run.rows;
  }
  return {};
}

// All periods, in order.
std::vector<std::int64_t> merge_periods(const std::vector<GroupPeriods>& groups) {
  std::vector<std::int64_t> periods;
  const auto tidy = [&] {
    std::sort(periods.begin(), periods.end());
    periods.erase(std::unique(periods.begin(), periods.end()), periods.end());
  };
  std::size_t untidy_limit = 1U << 20U;
  for (const GroupPeriods& group : groups) {
    periods.insert(periods.end(), group.periods.begin(), group.periods.end());
    if (periods.size() < untidy_limit) continue;
    tidy();  // a period occurs in many groups
    untidy_limit = std::max(untidy_limit, 2 * periods.size());
  }
  tidy();
  return periods;
}

}  // namespace

Result<ChunkPlan> chunks_by_period(const TimedRows& rows, const ChunkRule& rule, const TimeZone& calendar) {
  const std::vector<RowGroup>& row_groups = rows.source->row_groups();
  std::vector<GroupPeriods> groups(row_groups.size());
  LW_CHECK(for_each_group(groups.size(), [&](std::size_t g) {
    return read_group(rows, row_groups[g], PeriodFinder(rule, calendar), groups[g]);
  }));
  const std::vector<std::int64_t> periods = merge_periods(groups);
  if (periods.empty()) return no_usable_timestamp(rows);
  if (static_cast<std::int64_t>(periods.size()) > kMaxChunks) return too_many_chunks("choose a longer period");

  ChunkPlan plan;
  plan.rows = rows.source->rows();
  for (const std::int64_t period : periods) {
    Chunk chunk;
    chunk.index = static_cast<std::int64_t>(plan.chunks.size());
    chunk.key = period_key(period, rule.unit, rule.count);
    chunk.timed = true;
    chunk.start = calendar.to_utc(period_start(period, rule.unit, rule.count));
    chunk.end = calendar.to_utc(period_start(period + 1, rule.unit, rule.count));
    plan.chunks.push_back(std::move(chunk));
  }
  TimeRange range;
  for (GroupPeriods& group : groups) {
    std::vector<std::int32_t> chunk_of(group.periods.size());
    for (std::size_t i = 0; i < chunk_of.size(); ++i) {
      const auto at = std::lower_bound(periods.begin(), periods.end(), group.periods[i]) - periods.begin();
      chunk_of[i] = static_cast<std::int32_t>(at);
      plan.chunks[static_cast<std::size_t>(at)].rows += group.rows[i];
    }
    for (ChunkRun& run : group.runs) {
      if (run.chunk >= 0) run.chunk = chunk_of[static_cast<std::size_t>(run.chunk)];
    }
    range.merge(group.range);
    plan.runs.push_back(std::move(group.runs));
  }
  range.write_to(plan);
  return plan;
}

}  // namespace longwatch
