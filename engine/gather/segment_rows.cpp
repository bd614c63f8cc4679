// Definition by definition and part by part: where rows go, their values there, then every segment as a table.
#include "engine/gather/segment_rows.hpp"

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <span>

#include "engine/chunk/row_groups.hpp"
#include "engine/gather/kept_values.hpp"
#include "engine/gather/row_places.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kSlabRows = 65'536;
constexpr std::int64_t kRowBytes = 8;    // any row of the source: its segment and its place
constexpr std::int64_t kPlaceBytes = 4;  // a kept row: its chunk

using Columns = std::vector<std::unique_ptr<KeptValues>>;  // as wanted

class RangeReader final : public ColumnReader {
 public:
  RangeReader(const KeptValues& values, const CategoryDictionary* dictionary, std::int64_t begin, std::int64_t end)
      : values_(values), dictionary_(dictionary), at_(begin), end_(end) {}
  Result<ColumnView> next(std::int64_t max_rows) override {
    const std::int64_t rows = std::clamp<std::int64_t>(max_rows, 0, end_ - at_);
    at_ += rows;
    return values_.view(at_ - rows, rows, dictionary_);
  }

 private:
  const KeptValues& values_;
  const CategoryDictionary* dictionary_;
  std::int64_t at_;
  std::int64_t end_;
};

// The rows [begin, end) of gathered columns, seen as a table.
class RangeSource final : public Source {
 public:
  RangeSource(const SegmentRequest& request, const Columns& columns, std::int64_t begin, std::int64_t end)
      : request_(request), columns_(columns), begin_(begin), end_(end), dictionaries_(columns.size()) {
    if (end > begin) groups_.push_back({0, 0, end - begin, 0});
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (request.columns[c].as == ReadAs::category) dictionaries_[c] = columns[c]->make_dictionary(begin, end);
    }
  }
  [[nodiscard]] const std::vector<SourceFile>& files() const override { return request_.source->files(); }
  [[nodiscard]] const std::vector<RowGroup>& row_groups() const override { return groups_; }
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const override { return request_.source->columns(); }
  [[nodiscard]] std::int64_t rows() const override { return end_ - begin_; }
  [[nodiscard]] const ColumnInfo* find(const std::string& name) const override { return request_.source->find(name); }
  [[nodiscard]] Result<std::unique_ptr<ColumnReader>> read(const RowGroup& /*group*/, const std::string& column,
                                                           ReadAs as) const override {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const WantedColumn& wanted = request_.columns[c];
      if (wanted.name != column || wanted.as != as) continue;
      return std::unique_ptr<ColumnReader>(
          std::make_unique<RangeReader>(*columns_[c], &dictionaries_[c], begin_, end_));
    }
    Location where;
    where.column = column;
    return Error{ErrorCode::internal, "the column was not gathered by segment", where, ""};
  }

 private:
  const SegmentRequest& request_;
  const Columns& columns_;
  std::int64_t begin_;
  std::int64_t end_;
  std::vector<CategoryDictionary> dictionaries_;  // by column; empty for numbers
  std::vector<RowGroup> groups_;
};

std::string megabytes(std::int64_t bytes) { return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6); }

// One definition's segments.
class Definition {
 public:
  Definition(const SegmentRequest& request, const Control& control,
             const std::function<Result<void>(const SegmentRows&)>& work)
      : request_(request), control_(control), work_(work) {
    for (const WantedColumn& column : request.columns) value_bytes_ += KeptValues::bytes_per_row(column.as);
  }

  Result<void> run(int definition) {
    LW_TRY(rows_, find_row_segments(*request_.source, *request_.segments, definition, control_));
    const std::int64_t room = request_.bytes - request_.source->rows() * kRowBytes;
    std::vector<std::size_t> parts = {0};
    std::int64_t taken = 0;
    std::int64_t rows = 0;
    for (std::size_t s = 0; s < rows_.segments.size(); ++s) {
      const std::int64_t needed = rows_.counts[s] * (value_bytes_ + kPlaceBytes);
      if (needed > room || rows_.counts[s] >= kNotKept) return too_large(s, request_.bytes - room + needed);
      if (rows > 0 &&
          (taken + needed > room / 2 || rows + rows_.counts[s] >= kNotKept)) {  // the other half is for texts
        parts.push_back(s);
        taken = 0;
        rows = 0;
      }
      rows += rows_.counts[s];
      taken += needed;
    }
    parts.push_back(rows_.segments.size());
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) LW_CHECK(part(parts[i], parts[i + 1], room));
    return {};
  }

 private:
  [[nodiscard]] Error too_large(std::size_t at, std::int64_t needed) const {
    const Segment& segment = request_.segments->segments[static_cast<std::size_t>(rows_.segments[at])];
    Location where;
    where.column = segment.columns;
    return {ErrorCode::memory,
            fmt::format("the {} rows of the segment {} need {} to be fitted on their own, but only {} may be taken",
                        rows_.counts[at], segment.missing ? "of missing values" : "'" + segment.value + "'",
                        megabytes(needed), megabytes(request_.bytes)),
            where, "raise --segment-memory, or leave out fit: per_segment"};
  }

  Result<void> part(std::size_t first, std::size_t last, std::int64_t room) {
    RowPlaces places = place_rows(rows_, *request_.chunks, first, last);
    const std::int64_t kept = places.begins.back();
    Columns columns;
    for (const WantedColumn& column : request_.columns)
      columns.push_back(std::make_unique<KeptValues>(column.as, kept));
    texts_full_ = false;
    auto read = gather(places, columns, room - kept * (value_bytes_ + kPlaceBytes));
    if (!read.ok() && texts_full_ && last - first > 1) {
      columns.clear();
      places = {};
      const std::size_t middle = first + (last - first) / 2;
      LW_CHECK(part(first, middle, room));
      return part(middle, last, room);
    }
    LW_CHECK(std::move(read));
    return for_each_group(last - first, [&](std::size_t i) -> Result<void> {
      if (places.begins[i] == places.begins[i + 1]) return {};
      if (control_.stopped()) return Error{ErrorCode::cancelled, "stopped", {}, ""};
      return tbb::this_task_arena::isolate([&] {  // so that a waiting thread does not start another segment
        SegmentRows rows;
        rows.segment = rows_.segments[first + i];
        rows.source = std::make_shared<RangeSource>(request_, columns, places.begins[i], places.begins[i + 1]);
        rows.chunks = chunks_of(places, i);
        return work_(rows);
      });
    });
  }

  [[nodiscard]] ChunkPlan chunks_of(const RowPlaces& places, std::size_t i) const {
    ChunkPlan out;
    out.chunks = request_.chunks->chunks;
    out.groups = request_.chunks->groups;
    out.rows = places.begins[i + 1] - places.begins[i];
    std::vector<ChunkRun>& runs = out.runs.emplace_back();
    for (auto place = static_cast<std::size_t>(places.begins[i]);
         place < static_cast<std::size_t>(places.begins[i + 1]); ++place) {
      if (runs.empty() || runs.back().chunk != places.chunks[place]) runs.push_back({places.chunks[place], 0});
      ++runs.back().rows;
    }
    return out;
  }

  // Reads every column of every row group. `text_room`: bytes left for texts.
  Result<void> gather(const RowPlaces& places, const Columns& columns, std::int64_t text_room) {
    const std::size_t groups = request_.source->row_groups().size();
    LW_CHECK(for_each_group(groups * columns.size(), [&](std::size_t task) {
      return read(task / columns.size(), task % columns.size(), places, columns, text_room);
    }));
    control_.advance(request_.source->rows());
    return {};
  }

  // Reads column `c` of row group `g`.
  Result<void> read(std::size_t g, std::size_t c, const RowPlaces& places, const Columns& columns,
                    std::int64_t text_room) {
    const RowGroup& group = request_.source->row_groups()[g];
    const WantedColumn& wanted = request_.columns[c];
    const std::span<const std::uint32_t> to(places.of_row[g]);
    Location where;
    where.row_group = group.index;
    where.column = wanted.name;
    LW_TRY(const auto reader, request_.source->read(group, wanted.name, wanted.as));
    KeptValues::Translation translation;
    for (std::int64_t done = 0; done < group.rows;) {
      if (control_.stopped()) return Error{ErrorCode::cancelled, "stopped", {}, ""};
      const std::int64_t rows = std::min(kSlabRows, group.rows - done);
      LW_TRY(const ColumnView view, reader->next(rows));
      const auto slab = to.subspan(static_cast<std::size_t>(done), static_cast<std::size_t>(rows));
      if (view.length != rows || !columns[c]->put(view, slab, translation))
        return Error{ErrorCode::internal, "the reader did not deliver what it was asked for", where, ""};
      if (wanted.as == ReadAs::category && text_bytes(columns) > text_room) {
        texts_full_ = true;
        return Error{
            ErrorCode::memory,
            fmt::format("the rows held by segment and their texts need more than {}", megabytes(request_.bytes)), where,
            "raise --segment-memory, or leave out fit: per_segment"};
      }
      done += rows;
    }
    return {};
  }

  static std::int64_t text_bytes(const Columns& columns) {
    std::int64_t out = 0;
    for (const auto& column : columns) out += column->text_bytes();
    return out;
  }

  const SegmentRequest& request_;
  const Control& control_;
  const std::function<Result<void>(const SegmentRows&)>& work_;
  std::int64_t value_bytes_ = 0;
  RowSegments rows_;
  std::atomic<bool> texts_full_{false};  // the texts of the part being read did not fit
};

}  // namespace

Result<void> for_each_segment(const SegmentRequest& request, const Control& control,
                              const std::function<Result<void>(const SegmentRows&)>& work) {
  return without_exceptions("reading rows by segment", [&]() -> Result<void> {
    for (std::size_t d = 0; d < request.segments->definitions.size(); ++d) {
      LW_CHECK(Definition(request, control, work).run(static_cast<int>(d)));
    }
    return {};
  });
}

}  // namespace longwatch
