#pragma once
// Writes Parquet files the way Longwatch writes all of its own: zstd level 1, statistics, page checksums, texts as
// dictionaries, no Arrow schema blob (so that a dictionary reads back as plain text). Same arrays, same bytes.

#include <arrow/io/interfaces.h>
#include <arrow/type_fwd.h>
#include <parquet/arrow/writer.h>

#include <functional>
#include <memory>
#include <string>

#include "engine/base/result.hpp"

namespace longwatch {

class ParquetFile {
 public:
  /// A file over `sink`; `path` is for messages. The schema's metadata become the file's. Doubles and binary columns
  /// are written without a dictionary.
  static Result<ParquetFile> create(std::shared_ptr<arrow::io::OutputStream> sink,
                                    const std::shared_ptr<arrow::Schema>& schema, std::string path);
  /// Starts a row group; then every column is written once, in order, all of one length.
  Result<void> begin_group();
  Result<void> write_column(const arrow::Array& column);
  /// Writes the footer and closes the sink.
  Result<void> finish();

 private:
  ParquetFile() = default;
  std::shared_ptr<arrow::io::OutputStream> sink_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::string path_;
};

/// Runs `action`, turning its Arrow status or exception into an Error{output} at `path`.
Result<void> guarded(const std::string& path, const std::function<arrow::Status()>& action);

}  // namespace longwatch
