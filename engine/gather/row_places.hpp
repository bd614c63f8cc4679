#pragma once
// Which segment each row of a source is in, and where it goes when rows are put together by segment.

#include <cstdint>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// The segments of all rows under one definition.
struct RowSegments {
  std::vector<std::int32_t> segments;             ///< of the definition, as indices into the plan
  std::vector<std::int64_t> counts;               ///< rows, by position in `segments`
  std::vector<std::vector<std::int32_t>> of_row;  ///< by row group: positions in `segments`; -1: none
};

/// Reads the columns of a definition. 4 bytes a row.
Result<RowSegments> find_row_segments(const Source& source, const SegmentPlan& plan, int definition,
                                      const Control& control);

/// The places of the rows of some segments: by segment, then in the source's order.
struct RowPlaces {
  std::vector<std::int64_t> begins;                ///< by segment of [first, last), then the number of rows
  std::vector<std::vector<std::uint32_t>> of_row;  ///< by row group; kNotKept: of another segment
  std::vector<std::int32_t> chunks;                ///< by place; -1: none
};

/// For segments[first ... last), whose rows are fewer than kNotKept. 4 bytes a row, and 4 a kept one.
RowPlaces place_rows(const RowSegments& rows, const ChunkPlan& chunks, std::size_t first, std::size_t last);

}  // namespace longwatch
