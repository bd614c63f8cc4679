#pragma once
// Rows of one table into one Parquet file, a group of rows at a time.

#include <arrow/io/interfaces.h>
#include <arrow/util/key_value_metadata.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/output/parquet_file.hpp"
#include "engine/output/result_columns.hpp"
#include "engine/output/result_table.hpp"

namespace longwatch {

class RowFile {
 public:
  static Result<RowFile> create(std::shared_ptr<arrow::io::OutputStream> sink, ResultColumns columns,
                                std::shared_ptr<const arrow::KeyValueMetadata> metadata, const std::string& path);
  /// Appends rows[order[0 ...]] as row groups of their own.
  Result<void> add(const std::vector<ResultRow>& rows, const std::vector<std::uint32_t>& order);
  Result<void> finish() { return file_.finish(); }

 private:
  RowFile(ResultColumns columns, ParquetFile file) : columns_(std::move(columns)), file_(std::move(file)) {}
  ResultColumns columns_;
  ParquetFile file_;
};

}  // namespace longwatch
