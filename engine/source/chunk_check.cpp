// Where column chunks lie, and what they promise together.
#include "engine/source/chunk_check.hpp"

#include <algorithm>
#include <string>

#include "engine/base/text.hpp"
#include "engine/source/guard.hpp"
#include "engine/source/limited_pool.hpp"

namespace longwatch::reading {
namespace {

constexpr std::int64_t kMagic = 4;
// The longest header of a dictionary page that parquet-mr before 1.2.9 left out of its chunk's length.
constexpr std::int64_t kOldSlack = 100;

struct Placed {
  ChunkRange range;
  int group;
  int column;
};

std::string name_of(const ::parquet::FileMetaData& metadata, int column) {
  return metadata.schema()->Column(column)->path()->ToDotString();
}

void check_against_schema(const ::parquet::ColumnChunkMetaData& chunk, const ::parquet::ColumnDescriptor& column,
                          std::int64_t rows) {
  if (chunk.type() != column.physical_type()) throw Corrupt("its type is another than that of the schema");
  if (!(chunk.path_in_schema()->ToDotVector() == column.path()->ToDotVector()))
    throw Corrupt("its name is '" + valid_utf8(chunk.path_in_schema()->ToDotString()) +
                  "', another than in the schema");
  if (chunk.num_values() < 0) throw Corrupt("it has a negative number of values");
  if (column.max_repetition_level() == 0 && chunk.num_values() != rows) {
    throw Corrupt("the column holds " + std::to_string(chunk.num_values()) + " values, the row group " +
                  std::to_string(rows) + " rows");
  }
}

void check_apart(std::vector<Placed>& placed, const ::parquet::FileMetaData& metadata) {
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.range.begin < b.range.begin; });
  for (std::size_t i = 1; i < placed.size(); ++i) {
    const Placed& here = placed[i];
    if (placed[i - 1].range.end > here.range.begin)
      throw Corrupt("its data overlap those of another column chunk", here.group, name_of(metadata, here.column));
  }
}

}  // namespace

ChunkRange chunk_range(const ::parquet::ColumnChunkMetaData& chunk, const ::parquet::ApplicationVersion& writer,
                       std::int64_t data_end) {
  ChunkRange range;
  range.begin = chunk.data_page_offset();
  // Some writers give 0 for the place of a dictionary that they do not have.
  if (chunk.has_dictionary_page() && chunk.dictionary_page_offset() > 0)
    range.begin = std::min(range.begin, chunk.dictionary_page_offset());
  const std::int64_t size = chunk.total_compressed_size();
  if (range.begin < kMagic || size < 0 || range.begin > data_end || size > data_end - range.begin)
    throw Corrupt("its data lie outside the file");
  range.end = range.begin + size;
  if (writer.VersionLt(::parquet::ApplicationVersion::PARQUET_816_FIXED_VERSION()))
    range.slack = std::min(kOldSlack, data_end - range.end);
  return range;
}

void check_chunks(const ::parquet::FileMetaData& metadata, std::int64_t data_end) {
  std::vector<Placed> placed;
  std::int64_t values = 0;
  for (int g = 0; g < metadata.num_row_groups(); ++g) {
    const auto group = metadata.RowGroup(g);
    for (int c = 0; c < metadata.num_columns(); ++c) {
      try {
        const auto chunk = group->ColumnChunk(c);
        check_against_schema(*chunk, *metadata.schema()->Column(c), group->num_rows());
        if (__builtin_add_overflow(values, chunk->num_values(), &values)) values = INT64_MAX;
        check_promise(values, data_end);
        if (group->num_rows() == 0 || !chunk->file_path().empty()) continue;
        placed.push_back({chunk_range(*chunk, metadata.writer_version(), data_end), g, c});
      } catch (const std::exception& e) {
        throw Corrupt(e.what(), g, name_of(metadata, c));
      }
    }
  }
  check_apart(placed, metadata);
}

}  // namespace longwatch::reading
