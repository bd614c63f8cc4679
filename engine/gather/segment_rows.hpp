#pragma once
// Tables of one segment each: the rows of a source, read once for all segments of a definition and held by segment.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

struct WantedColumn {
  std::string name;
  ReadAs as = ReadAs::number;  ///< number or category
};

/// Which rows and columns of a source are wanted by segment. Borrowed.
struct SegmentRequest {
  const Source* source = nullptr;
  const ChunkPlan* chunks = nullptr;      ///< of `source`, with its runs
  const SegmentPlan* segments = nullptr;  ///< all that occur in `source`
  std::vector<WantedColumn> columns;
  std::int64_t bytes = 0;  ///< held at most
};

/// The rows of one segment, in the source's order: one row group, or none. Only the wanted columns can be read, as
/// wanted; `columns()` and `files()` are the source's. `chunks` has the whole source's chunks.
struct SegmentRows {
  std::int32_t segment = 0;  ///< index into the plan
  std::shared_ptr<const Source> source;
  ChunkPlan chunks;
};

/// Calls `work` for every segment but `all` that has rows, segments side by side on the calling task arena; `work` must
/// not wait for another call of it. Definitions come one after another. As many segments of a definition as fit
/// `request.bytes` (values, texts, and 12 bytes a row to find their places) are held at a time; each such part reads
/// the source once, so every row is decoded once a definition where all fit half of it. Errors: the first in order, be
/// it of reading or of `work`; a segment too large to be held (memory), told before anything is read but the segments'
/// columns, with what it needs; texts that do not fit.
Result<void> for_each_segment(const SegmentRequest& request, const Control& control,
                              const std::function<Result<void>(const SegmentRows&)>& work);

}  // namespace longwatch
