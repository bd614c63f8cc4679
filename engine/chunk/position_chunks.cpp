// Chunks by size and number: rows in the order of (timestamp, file path, row), cut at positions. Where the files are in
// that order already, nothing is kept per row; otherwise all timestamps are held and sorted.
#include <fmt/format.h>
#include <tbb/parallel_sort.h>

#include <algorithm>

#include "engine/chunk/chunkers.hpp"
#include "engine/chunk/row_groups.hpp"
#include "engine/chunk/timestamps.hpp"

namespace longwatch {
namespace {

// Positions [0, kept) in equal pieces; the last may be shorter or longer.
struct Cuts {
  std::int64_t size = 1;
  std::int64_t chunks = 0;
  std::int64_t kept = 0;

  [[nodiscard]] std::int64_t begin(std::int64_t chunk) const { return chunk * size; }
  [[nodiscard]] std::int64_t end(std::int64_t chunk) const { return chunk + 1 == chunks ? kept : (chunk + 1) * size; }
  /// -1 for positions from `kept` on.
  [[nodiscard]] std::int32_t chunk_of(std::int64_t position) const {
    return position >= kept ? -1 : static_cast<std::int32_t>(std::min(position / size, chunks - 1));
  }
};

Result<Cuts> cut(std::int64_t rows, const ChunkRule& rule) {
  const bool by_number = rule.kind == ChunkKind::number;
  if (by_number && rule.count > kMaxChunks) return too_many_chunks("ask for fewer chunks");
  const std::int64_t size = by_number ? rows / rule.count : rule.count;
  if (size == 0 || size > rows) {  // not one full chunk
    if (rule.incomplete != Incomplete::drop) return Cuts{rows, 1, rows};
    return Error{ErrorCode::configuration,
                 fmt::format("{} rows do not fill one of the chunks asked for, and incomplete: drop leaves none", rows),
                 {},
                 by_number ? "ask for fewer chunks" : "choose a smaller size, or incomplete: keep"};
  }
  const std::int64_t full = by_number ? rule.count : rows / size;
  const std::int64_t rest = rows - full * size;
  Cuts cuts{size, full, rows};
  if (rest > 0 && rule.incomplete == Incomplete::keep) ++cuts.chunks;
  if (rest > 0 && rule.incomplete == Incomplete::drop) cuts.kept = rows - rest;
  if (cuts.chunks > kMaxChunks) return too_many_chunks("choose a larger size");
  return cuts;
}

// One row group's rows with a usable timestamp. Without a timestamp column every row is usable.
struct GroupTimes {
  std::vector<ChunkRun> usable;  // chunk 0: rows with a timestamp, -1: rows without
  std::int64_t count = 0;        // of rows with a timestamp
  std::int64_t begin = 0;        // usable rows in earlier groups
  TimeRange range;
  bool ordered = true;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

using Groups = std::vector<GroupTimes>;

Result<void> survey_group(const TimedRows& rows, const RowGroup& group, GroupTimes& out) {
  if (rows.timestamp.empty()) {
    add_run(out.usable, 0, group.rows);
    out.count = group.rows;
    return {};
  }
  return for_each_time(*rows.source, group, rows.timestamp, rows.zone, [&](std::int64_t utc, bool usable) {
    add_run(out.usable, usable ? 0 : -1, 1);
    if (!usable) return;
    out.range.add(utc, rows.not_before);
    if (out.count == 0) out.first = utc;
    if (out.count > 0 && utc < out.last) out.ordered = false;
    out.last = utc;
    ++out.count;
  });
}

bool in_order(const Groups& groups) {
  const GroupTimes* before = nullptr;
  for (const GroupTimes& group : groups) {
    if (!group.ordered || (before != nullptr && group.count > 0 && group.first < before->last)) return false;
    if (group.count > 0) before = &group;
  }
  return true;
}

// Rows lie in time order: position = number of usable rows before.
void assign_in_order(const Groups& groups, const Cuts& cuts, ChunkPlan& plan) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::int64_t position = groups[g].begin;
    for (const ChunkRun& run : groups[g].usable) {
      std::int64_t left = run.rows;
      if (run.chunk < 0) {
        add_run(plan.runs[g], -1, left);
        continue;
      }
      while (left > 0) {
        const std::int32_t chunk = cuts.chunk_of(position);
        const std::int64_t taken = chunk < 0 ? left : std::min(left, cuts.end(chunk) - position);
        add_run(plan.runs[g], chunk, taken);
        position += taken;
        left -= taken;
      }
    }
  }
}

// First and last timestamps of chunks whose first or last row lies in this group. Distinct groups write distinct
// members.
Result<void> stamp_group(const TimedRows& rows, std::size_t g, const GroupTimes& group, const Cuts& cuts,
                         std::vector<Chunk>& chunks) {
  std::int64_t position = group.begin;
  const std::int64_t end = std::min(group.begin + group.count, cuts.kept);
  const auto stamp = [&](std::int64_t at, std::int64_t utc) {
    const std::int32_t index = cuts.chunk_of(at);
    if (index < 0) return;
    if (at == cuts.begin(index)) chunks[static_cast<std::size_t>(index)].start = utc;
    if (at + 1 == cuts.end(index)) chunks[static_cast<std::size_t>(index)].end = utc;
  };
  if (position >= end) return {};
  stamp(position, group.first);
  stamp(group.begin + group.count - 1, group.last);
  // Within one chunk, what begins or ends here does so at the group's own first and last row.
  if (cuts.end(cuts.chunk_of(position)) >= end && end == group.begin + group.count) return {};
  std::int64_t next = position;  // the next position to look at
  return for_each_time(*rows.source, rows.source->row_groups()[g], rows.timestamp, rows.zone,
                       [&](std::int64_t utc, bool usable) {
                         if (!usable) return;
                         if (position == next && position < end) {
                           stamp(position, utc);
                           const std::int64_t last = cuts.end(cuts.chunk_of(position)) - 1;
                           next = position == last ? position + 1 : last;
                         }
                         ++position;
                       });
}

// Rows in no order: which chunk a timestamp belongs to. Timestamps at which a chunk begins may have rows on both sides;
// those are counted off as they come.
class SortedCuts {
 public:
  SortedCuts(const std::vector<std::int64_t>& sorted, const Cuts& cuts) : cuts_(cuts) {
    after_.push_back(cuts.chunk_of(0));
    for (std::int64_t chunk = 1; chunk <= cuts.chunks; ++chunk) {
      const std::int64_t position = chunk == cuts.chunks ? cuts.kept : cuts.begin(chunk);
      if (position == static_cast<std::int64_t>(sorted.size())) break;
      const std::int64_t value = sorted[static_cast<std::size_t>(position)];
      if (!values_.empty() && values_.back() == value) continue;
      const auto equal = std::equal_range(sorted.begin(), sorted.end(), value);
      values_.push_back(value);
      next_.push_back(equal.first - sorted.begin());
      after_.push_back(cuts.chunk_of(equal.second - sorted.begin()));
    }
  }

  /// The chunk of the next row, in file and row order.
  std::int32_t take(std::int64_t utc) {
    const auto at = std::lower_bound(values_.begin(), values_.end(), utc) - values_.begin();
    const auto index = static_cast<std::size_t>(at);
    if (index < values_.size() && values_[index] == utc) return cuts_.chunk_of(next_[index]++);
    return after_[index];
  }

 private:
  Cuts cuts_;
  std::vector<std::int64_t> values_;  // timestamps at which a chunk begins, or the dropped rows; increasing
  std::vector<std::int64_t> next_;    // by value: the position of the next row that has it
  std::vector<std::int32_t> after_;   // the chunk of rows before values_[i], after values_[i - 1]
};

Result<void> assign_sorted(const TimedRows& rows, const Groups& groups, const Cuts& cuts, ChunkPlan& plan) {
  std::vector<std::int64_t> times(static_cast<std::size_t>(groups.back().begin + groups.back().count));
  LW_CHECK(for_each_group(groups.size(), [&](std::size_t g) {
    std::int64_t* out = times.data() + groups[g].begin;
    const std::int64_t* end = out + groups[g].count;
    return for_each_time(*rows.source, rows.source->row_groups()[g], rows.timestamp, rows.zone,
                         [&](std::int64_t utc, bool usable) {
                           if (usable && out != end) *out++ = utc;
                         });
  }));
  std::vector<std::int64_t> sorted = times;
  tbb::parallel_sort(sorted.begin(), sorted.end());  // equal integers cannot be told apart, so any sort gives the same
  for (Chunk& chunk : plan.chunks) {
    chunk.start = sorted[static_cast<std::size_t>(cuts.begin(chunk.index))];
    chunk.end = sorted[static_cast<std::size_t>(cuts.end(chunk.index) - 1)];
  }
  SortedCuts chunk_of(sorted, cuts);
  sorted = {};
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::int64_t* time = times.data() + groups[g].begin;
    for (const ChunkRun& run : groups[g].usable) {
      if (run.chunk < 0) add_run(plan.runs[g], -1, run.rows);
      for (std::int64_t i = 0; run.chunk >= 0 && i < run.rows; ++i) add_run(plan.runs[g], chunk_of.take(*time++), 1);
    }
  }
  return {};
}

std::vector<Chunk> make_chunks(const Cuts& cuts, bool timed) {
  std::vector<Chunk> chunks(static_cast<std::size_t>(cuts.chunks));
  for (std::int64_t i = 0; i < cuts.chunks; ++i) {
    Chunk& chunk = chunks[static_cast<std::size_t>(i)];
    chunk.index = i;
    chunk.key = fmt::format("[{}:{}]", cuts.begin(i), cuts.end(i) - 1);
    chunk.timed = timed;
    chunk.rows = cuts.end(i) - cuts.begin(i);
  }
  return chunks;
}

}  // namespace

Result<ChunkPlan> chunks_by_position(const TimedRows& rows, const ChunkRule& rule) {
  Groups groups(rows.source->row_groups().size());
  LW_CHECK(for_each_group(groups.size(),
                          [&](std::size_t g) { return survey_group(rows, rows.source->row_groups()[g], groups[g]); }));
  std::int64_t usable = 0;
  TimeRange range;
  for (GroupTimes& group : groups) {
    range.merge(group.range);
    group.begin = usable;
    usable += group.count;
  }
  if (usable == 0) return no_usable_timestamp(rows);
  LW_TRY(const Cuts cuts, cut(usable, rule));

  ChunkPlan plan;
  plan.rows = rows.source->rows();
  plan.rows_dropped = usable - cuts.kept;
  plan.chunks = make_chunks(cuts, !rows.timestamp.empty());
  plan.runs.resize(groups.size());
  if (!rows.timestamp.empty()) range.write_to(plan);
  if (!in_order(groups)) {
    LW_CHECK(assign_sorted(rows, groups, cuts, plan));
    return plan;
  }
  assign_in_order(groups, cuts, plan);
  if (rows.timestamp.empty()) return plan;
  LW_CHECK(
      for_each_group(groups.size(), [&](std::size_t g) { return stamp_group(rows, g, groups[g], cuts, plan.chunks); }));
  return plan;
}

}  // namespace longwatch
