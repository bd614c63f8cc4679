#pragma once
// Which rows of a slab go into which cell: ranges of consecutive rows, or lists of rows.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/chunk/plan.hpp"

namespace longwatch {

struct CellRows {
  std::size_t cell = 0;
  RowSelection rows;
};

/// Walks the chunk runs of one row group, slab by slab.
class ChunkCursor {
 public:
  ChunkCursor(std::span<const ChunkRun> runs, std::int64_t chunks)
      : runs_(runs), no_chunk_(static_cast<std::int32_t>(chunks)) {}
  /// The runs of the next `rows` rows, with slot numbers (rows of no chunk: the last slot).
  std::vector<ChunkRun> next(std::int64_t rows);

 private:
  std::span<const ChunkRun> runs_;
  std::int32_t no_chunk_;
  std::size_t at_ = 0;
  std::int64_t used_ = 0;
};

/// The routing of one slab; owns the row lists that its selections point to.
class SlabRouting {
 public:
  /// Adds `all`: the slab's rows by chunk slot.
  void add_all(std::span<const ChunkRun> runs, std::int64_t rows);
  /// Adds one segment definition: row i goes to segment[i] (rows with -1 go nowhere) and the slot of its run.
  void add_definition(std::span<const ChunkRun> runs, std::span<const std::int32_t> segment, std::int64_t slots);
  [[nodiscard]] std::span<const CellRows> items() const { return items_; }
  void clear();

 private:
  void group(std::vector<std::pair<std::int64_t, std::int32_t>>& keyed);
  std::vector<CellRows> items_;
  std::vector<std::vector<std::int32_t>> lists_;
};

}  // namespace longwatch
