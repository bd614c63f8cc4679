// One Parquet file: its checked footer, and its column chunks ready to decode.
#include "engine/source/parquet_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"
#include "engine/source/arrow_copy.hpp"
#include "engine/source/chunk_check.hpp"
#include "engine/source/footer_check.hpp"
#include "engine/source/guard.hpp"
#include "engine/source/limited_pool.hpp"
#include "engine/source/page_guard.hpp"

namespace longwatch::reading {
namespace {

constexpr std::int64_t kTail = 8;           // footer length and magic
constexpr std::int64_t kSmallestFile = 12;  // magic, tail
constexpr int kMostColumns = 100'000;
constexpr int kMostRowGroups = 1'000'000;
constexpr std::int64_t kStreamBuffer = 64 << 10;

template <class T>
T take(arrow::Result<T> result) {
  if (!result.ok()) throw Corrupt(result.status().message());
  return std::move(result).ValueUnsafe();
}

std::string read_bytes(arrow::io::ReadableFile& file, std::int64_t at, std::int64_t length) {
  std::string bytes(static_cast<std::size_t>(length), '\0');
  const std::int64_t got = take(file.ReadAt(at, length, bytes.data()));
  if (got != length) throw Corrupt("the file ends early");
  return bytes;
}

// The bytes of the footer, whose length and magic are checked.
std::string read_footer(arrow::io::ReadableFile& file, std::int64_t size) {
  if (size == 0) throw Corrupt("the file is empty (0 bytes)");
  const std::string head = read_bytes(file, 0, std::min<std::int64_t>(size, 4));
  const std::string tail = read_bytes(file, std::max<std::int64_t>(0, size - kTail), std::min(size, kTail));
  if (head == "PARE" || tail.ends_with("PARE")) throw Corrupt("the file is encrypted, which Longwatch cannot read");
  if (head != "PAR1") throw Corrupt("not a Parquet file: it does not begin with PAR1 (is it a CSV or another format?)");
  if (size < kSmallestFile || !tail.ends_with("PAR1"))
    throw Corrupt("not a whole Parquet file: it does not end with PAR1 (was it cut off?)");
  std::uint32_t length = 0;
  std::memcpy(&length, tail.data(), sizeof length);
  if (length == 0 || length > size - kSmallestFile)
    throw Corrupt("the footer claims " + std::to_string(length) + " bytes, which the file does not have");
  return read_bytes(file, size - kTail - length, length);
}

// Rows of each row group; all counts of the footer agree.
std::vector<std::int64_t> check_rows(const ::parquet::FileMetaData& metadata) {
  const int groups = metadata.num_row_groups();
  if (metadata.num_columns() > kMostColumns)
    throw Corrupt("the file has " + std::to_string(metadata.num_columns()) + " columns, more than " +
                  std::to_string(kMostColumns));
  if (groups < 0 || groups > kMostRowGroups)
    throw Corrupt("the file has " + std::to_string(groups) + " row groups, more than " +
                  std::to_string(kMostRowGroups));
  std::vector<std::int64_t> rows;
  std::int64_t total = 0;
  for (int i = 0; i < groups; ++i) {
    const auto group = metadata.RowGroup(i);
    if (group->num_columns() != metadata.num_columns())
      throw Corrupt("row group " + std::to_string(i) + " has another number of columns than the schema");
    rows.push_back(group->num_rows());
    if (rows.back() < 0 || __builtin_add_overflow(total, rows.back(), &total))
      throw Corrupt("row group " + std::to_string(i) + " has an impossible number of rows");
  }
  if (total != metadata.num_rows()) {
    throw Corrupt("the footer promises " + std::to_string(metadata.num_rows()) + " rows, its row groups " +
                  std::to_string(total));
  }
  return rows;
}

::parquet::ReaderProperties properties(const SourceOptions& options, arrow::MemoryPool* pool) {
  ::parquet::ReaderProperties out(pool);
  out.enable_buffered_stream();
  out.set_buffer_size(kStreamBuffer);
  out.set_page_checksum_verification(options.verify_checksums);
  return out;
}

}  // namespace

Result<std::shared_ptr<const ParquetFile>> ParquetFile::open(const std::string& path, const SourceOptions& options,
                                                             bool keep_open) {
  Location where;
  where.file = valid_utf8(path);
  return guarded(where, [&]() -> Result<std::shared_ptr<const ParquetFile>> {
    auto file = std::make_shared<ParquetFile>();
    file->summary_.path = path;
    LW_CHECK(file->load(options));
    if (!keep_open) file->kept_.reset();
    return std::shared_ptr<const ParquetFile>(std::move(file));
  });
}

Result<void> ParquetFile::load(const SourceOptions& options) {
  options_ = options;
  kept_ = take(arrow::io::ReadableFile::Open(summary_.path));
  summary_.bytes = take(kept_->GetSize());
  const std::string footer = read_footer(*kept_, summary_.bytes);
  summary_.fingerprint = hash_text(footer, static_cast<std::uint64_t>(summary_.bytes));
  check_footer(footer);
  metadata_ = ::parquet::FileMetaData::Make(footer.data(), static_cast<std::int64_t>(footer.size()));
  group_rows_ = check_rows(*metadata_);
  data_end_ = summary_.bytes - kTail - static_cast<std::int64_t>(footer.size());
  check_chunks(*metadata_, data_end_);
  summary_.rows = metadata_->num_rows();
  columns_ = leaf_columns(*metadata_->schema());
  check_arrow_copy(*metadata_, columns_);
  return {};
}

std::shared_ptr<arrow::io::ReadableFile> ParquetFile::handle() const {
  if (kept_ != nullptr) return kept_;
  auto file = take(arrow::io::ReadableFile::Open(summary_.path));
  const std::int64_t size = take(file->GetSize());
  const std::string footer = size == summary_.bytes ? read_footer(*file, size) : std::string();
  if (hash_text(footer, static_cast<std::uint64_t>(size)) != summary_.fingerprint)
    throw Corrupt("the file was changed while it was read");
  return file;
}

OpenChunk ParquetFile::open_chunk(int group, const LeafColumn& column, bool dictionary) const {
  OpenChunk chunk;
  chunk.rows = group_rows_.at(static_cast<std::size_t>(group));
  chunk.nullable = metadata_->schema()->Column(column.leaf)->max_definition_level() > 0;
  if (chunk.rows == 0) return chunk;
  const auto meta = metadata_->RowGroup(group)->ColumnChunk(column.leaf);
  if (!meta->file_path().empty()) throw Corrupt("its data lies in another file, '" + meta->file_path() + "'");
  const ChunkRange range = chunk_range(*meta, metadata_->writer_version(), data_end_);
  const std::int64_t budget = memory_budget(range.end - range.begin);
  const auto pool = std::make_shared<LimitedPool>(budget);
  chunk.text_budget = budget / 2;
  const auto file = handle();
  const ::parquet::ReaderProperties how = properties(options_, pool.get());
  chunk.pool = pool;
  chunk.file = ::parquet::ParquetFileReader::Open(file, how, metadata_);
  chunk.group = guarded_group(chunk.file->RowGroup(group), file, range, pool.get(), how);
  chunk.column = dictionary ? chunk.group->ColumnWithExposeEncoding(column.leaf, ::parquet::ExposedEncoding::DICTIONARY)
                            : chunk.group->Column(column.leaf);
  return chunk;
}

}  // namespace longwatch::reading
