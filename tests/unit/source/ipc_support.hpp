#pragma once
// Writes Arrow IPC files.

#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/table.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace longwatch::test {

template <class T>
T must(arrow::Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.status().ToString());
  return std::move(result).ValueUnsafe();
}

inline void must(const arrow::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

/// The table of a Parquet file, as Arrow reads it.
inline std::shared_ptr<arrow::Table> parquet_table(const std::string& path) {
  auto reader = must(parquet::arrow::OpenFile(must(arrow::io::ReadableFile::Open(path)), arrow::default_memory_pool()));
  return must(reader->ReadTable());
}

inline arrow::ipc::IpcWriteOptions ipc_options(arrow::Compression::type codec = arrow::Compression::UNCOMPRESSED) {
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  if (codec != arrow::Compression::UNCOMPRESSED) options.codec = must(arrow::util::Codec::Create(codec));
  options.unify_dictionaries = true;
  return options;
}

/// The bytes of an Arrow file, or of a stream, of the table in batches of at most `rows` rows.
inline std::string ipc_bytes(const arrow::Table& table, std::int64_t rows, const arrow::ipc::IpcWriteOptions& options,
                             bool stream = false) {
  const auto out = must(arrow::io::BufferOutputStream::Create());
  const auto writer = stream ? must(arrow::ipc::MakeStreamWriter(out, table.schema(), options))
                             : must(arrow::ipc::MakeFileWriter(out, table.schema(), options));
  must(writer->WriteTable(table, rows));
  must(writer->Close());
  return must(out->Finish())->ToString();
}

}  // namespace longwatch::test
