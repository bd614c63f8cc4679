#pragma once
// Where a column chunk lies in its file, and what the chunks of a footer promise together.

#include <cstdint>
#include <vector>

#include <parquet/metadata.h>

namespace longwatch::reading {

/// The bytes of a chunk's pages.
struct ChunkRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t slack = 0;  ///< what an old writer may have left out of its length
};

/// Where the library looks for the pages of a chunk. Throws Corrupt where that is not within the first `data_end`
/// bytes.
ChunkRange chunk_range(const ::parquet::ColumnChunkMetaData& chunk, const ::parquet::ApplicationVersion& writer,
                       std::int64_t data_end);

/// Holds every column chunk of a footer against the schema (type, name, number of values) and the others (no byte
/// belongs to two). `data_end` is where the footer begins. Throws Corrupt with row group and column.
/// O(chunks * log chunks).
void check_chunks(const ::parquet::FileMetaData& metadata, std::int64_t data_end);

}  // namespace longwatch::reading
