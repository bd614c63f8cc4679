#pragma once
// One Parquet file: its checked footer, and its column chunks ready to decode.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "engine/base/result.hpp"
#include "engine/source/leaf_type.hpp"
#include "engine/source/source.hpp"

namespace longwatch::reading {

/// One column chunk, open for decoding. The reader refers to what stands above it.
struct OpenChunk {
  std::shared_ptr<arrow::MemoryPool> pool;
  std::unique_ptr<::parquet::ParquetFileReader> file;
  std::shared_ptr<::parquet::RowGroupReader> group;
  std::shared_ptr<::parquet::ColumnReader> column;  ///< nullptr where the row group has no rows
  std::int64_t rows = 0;
  std::int64_t text_budget = 0;  ///< bytes that the category texts of a slab may take
  bool nullable = false;
  Location where;
};

/// A file whose footer has been read and checked. Immutable; `open_chunk` may be called from several threads.
class ParquetFile {
 public:
  /// Reads and checks the footer: magic, lengths, numbers of columns, row groups and rows. With `keep_open` false the
  /// file is opened again for every chunk (for tables of very many files).
  static Result<std::shared_ptr<const ParquetFile>> open(const std::string& path, const SourceOptions& options,
                                                         bool keep_open);

  [[nodiscard]] const SourceFile& summary() const { return summary_; }
  [[nodiscard]] const std::vector<LeafColumn>& columns() const { return columns_; }
  [[nodiscard]] const ::parquet::FileMetaData& metadata() const { return *metadata_; }
  [[nodiscard]] const std::vector<std::int64_t>& group_rows() const { return group_rows_; }

  /// A decoder of `column` over a row group; with `dictionary`, one that shows dictionary codes where the whole chunk
  /// has them. Throws what the library throws.
  [[nodiscard]] OpenChunk open_chunk(int group, const LeafColumn& column, bool dictionary) const;

 private:
  Result<void> load(const SourceOptions& options);
  [[nodiscard]] std::shared_ptr<arrow::io::ReadableFile> handle() const;

  SourceFile summary_;
  SourceOptions options_;
  std::vector<LeafColumn> columns_;
  std::vector<std::int64_t> group_rows_;
  std::int64_t data_end_ = 0;  // where the footer begins
  std::shared_ptr<::parquet::FileMetaData> metadata_;
  std::shared_ptr<arrow::io::ReadableFile> kept_;
};

}  // namespace longwatch::reading
