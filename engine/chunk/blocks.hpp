#pragma once
// Blocks of rows that belong together (a day, a customer), as parts of chunks: what an interval leaves out at a time.

#include <optional>

#include "engine/chunk/plan.hpp"

namespace longwatch {

/// Blocks are put into so many groups.
inline constexpr std::int64_t kBlockGroups = 32;

/// Splits every chunk of `plan` (of `source`, made by `rule`) into kBlockGroups groups of whole blocks, as
/// model.intervals asks: group g of chunk k is chunk k * kBlockGroups + g of the result, of which only the number of
/// chunks and the runs are filled. Days are numbered on, so that 32 in a row have groups of their own; they begin at
/// midnight of the chunks' calendar, or of the model's time zone. Values of a column go by the hash of their text;
/// missing ones are one block, as are rows without a time. Nothing where rows are independent. Reads one column; memory
/// O(runs of rows that share a chunk and a group). Errors: the column is not there; those of reading.
Result<std::optional<ChunkPlan>> split_by_block(const Source& source, const ModelConfig& model, const ChunkRule& rule,
                                                const ChunkPlan& plan);

/// Whether `source` has what split_by_block reads.
Result<void> check_blocks(const Source& source, const ModelConfig& model);

}  // namespace longwatch
