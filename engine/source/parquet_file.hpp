#pragma once
// One Parquet file: its checked footer, and its column chunks ready to decode.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/io/file.h>
#include <parquet/metadata.h>

#include "engine/base/result.hpp"
#include "engine/source/leaf_type.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// A file whose footer has been read and checked. Immutable; `open_chunk` may be called from several threads.
class ParquetFile final : public TableFile {
 public:
  /// Reads and checks the footer: magic, lengths, numbers of columns, row groups and rows. With `keep_open` false the
  /// file is opened again for every chunk (for tables of very many files).
  static Result<std::shared_ptr<const ParquetFile>> open(const std::string& path, const SourceOptions& options,
                                                         bool keep_open);

  [[nodiscard]] const SourceFile& summary() const override { return summary_; }
  [[nodiscard]] const std::vector<LeafColumn>& columns() const override { return columns_; }
  [[nodiscard]] const ::parquet::FileMetaData& metadata() const { return *metadata_; }
  [[nodiscard]] const std::vector<std::int64_t>& group_rows() const override { return group_rows_; }

  [[nodiscard]] OpenChunk open_chunk(int group, const LeafColumn& column, bool dictionary) const override;
  [[nodiscard]] std::optional<NumberRange> number_range(const LeafColumn& column) const override;

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
