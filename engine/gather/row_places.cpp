// One read of a definition's columns, then counting sort.
#include "engine/gather/row_places.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include "engine/chunk/row_groups.hpp"
#include "engine/gather/kept_values.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kSlabRows = 65'536;

// Writes the segment of every row of a group, as an index into the plan.
Result<void> route_group(const Source& source, const RowGroup& group, const SegmentPlan& plan, int definition,
                         std::vector<std::int32_t>& out) {
  const SegmentDefinition& columns = plan.definitions[static_cast<std::size_t>(definition)];
  std::vector<std::unique_ptr<ColumnReader>> readers(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    LW_TRY(readers[c], source.read(group, columns[c], ReadAs::category));
  }
  SegmentRouter router(plan);
  std::vector<ColumnView> views(columns.size());
  out.resize(static_cast<std::size_t>(group.rows));
  for (std::int64_t done = 0; done < group.rows;) {
    const std::int64_t rows = std::min(kSlabRows, group.rows - done);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      LW_TRY(views[c], readers[c]->next(rows));
      if (views[c].length != rows)
        return Error{ErrorCode::data, "the row group ends before its number of rows", {}, ""};
    }
    router.route(definition, views, rows, out.data() + done);
    done += rows;
  }
  return {};
}

}  // namespace

Result<RowSegments> find_row_segments(const Source& source, const SegmentPlan& plan, int definition,
                                      const Control& control) {
  RowSegments out;
  std::vector<std::int32_t> position(plan.segments.size(), -1);
  for (std::size_t s = 0; s < plan.segments.size(); ++s) {
    if (plan.segments[s].definition != definition) continue;
    position[s] = static_cast<std::int32_t>(out.segments.size());
    out.segments.push_back(static_cast<std::int32_t>(s));
  }
  out.counts.assign(out.segments.size(), 0);
  out.of_row.resize(source.row_groups().size());
  std::mutex lock;
  const auto route = [&](std::size_t g) -> Result<void> {
    if (control.stopped()) return Error{ErrorCode::cancelled, "stopped", {}, ""};
    std::vector<std::int32_t>& of_row = out.of_row[g];
    LW_CHECK(route_group(source, source.row_groups()[g], plan, definition, of_row));
    std::vector<std::int64_t> counts(out.counts.size(), 0);
    for (std::int32_t& segment : of_row) {
      segment = segment < 0 ? -1 : position[static_cast<std::size_t>(segment)];
      if (segment >= 0) ++counts[static_cast<std::size_t>(segment)];
    }
    const std::lock_guard guard(lock);
    for (std::size_t s = 0; s < counts.size(); ++s) out.counts[s] += counts[s];
    return {};
  };
  LW_CHECK(for_each_group(out.of_row.size(), route));
  return out;
}

RowPlaces place_rows(const RowSegments& rows, const ChunkPlan& chunks, std::size_t first, std::size_t last) {
  RowPlaces out;
  out.begins.push_back(0);
  for (std::size_t s = first; s < last; ++s) out.begins.push_back(out.begins.back() + rows.counts[s]);
  out.chunks.resize(static_cast<std::size_t>(out.begins.back()));
  std::vector<std::int64_t> next(out.begins.begin(), out.begins.end() - 1);
  for (std::size_t g = 0; g < rows.of_row.size(); ++g) {
    const std::vector<std::int32_t>& of_row = rows.of_row[g];
    std::vector<std::uint32_t>& places = out.of_row.emplace_back(of_row.size(), kNotKept);
    std::size_t row = 0;
    for (const ChunkRun& run : chunks.runs[g]) {
      const std::size_t end = std::min(of_row.size(), row + static_cast<std::size_t>(run.rows));
      for (; row < end; ++row) {
        const std::int32_t segment = of_row[row];
        if (segment < 0 || static_cast<std::size_t>(segment) < first || static_cast<std::size_t>(segment) >= last)
          continue;
        const std::int64_t place = next[static_cast<std::size_t>(segment) - first]++;
        places[row] = static_cast<std::uint32_t>(place);
        out.chunks[static_cast<std::size_t>(place)] = run.chunk;
      }
    }
  }
  return out;
}

}  // namespace longwatch
