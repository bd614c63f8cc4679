// Parquet writing with one set of properties; Arrow's failures become errors here.
#include "engine/output/parquet_file.hpp"

#include <arrow/type.h>
#include <arrow/util/io_util.h>

#include <exception>
#include <new>
#include <utility>

#include "engine/output/os_error.hpp"

namespace longwatch {
namespace {

std::shared_ptr<parquet::WriterProperties> writer_properties(const arrow::Schema& schema) {
  parquet::WriterProperties::Builder builder;
  builder.compression(arrow::Compression::ZSTD)->compression_level(1)->enable_page_checksum();
  for (const auto& field : schema.fields()) {
    const arrow::Type::type type = field->type()->id();
    if (type == arrow::Type::DOUBLE || type == arrow::Type::BINARY) builder.disable_dictionary(field->name());
    if (type == arrow::Type::BINARY) builder.disable_statistics(field->name());
  }
  return builder.build();
}

}  // namespace

Result<void> guarded(const std::string& path, const std::function<arrow::Status()>& action) {
  arrow::Status status;
  try {
    status = action();
  } catch (const std::bad_alloc&) {
    return file_error(ErrorCode::memory, path, "out of memory while writing", "analyse fewer models at a time");
  } catch (const std::exception& exception) {
    status = arrow::Status::IOError(exception.what());
  }
  if (status.ok()) return {};
  if (const int code = arrow::internal::ErrnoFromStatus(status); code != 0) return output_error(path, "write", code);
  return file_error(ErrorCode::output, path, "cannot write: " + status.message(), "run again");
}

Result<ParquetFile> ParquetFile::create(std::shared_ptr<arrow::io::OutputStream> sink,
                                        const std::shared_ptr<arrow::Schema>& schema, std::string path) {
  ParquetFile file;
  file.sink_ = std::move(sink);
  file.path_ = std::move(path);
  LW_CHECK(guarded(file.path_, [&] {
    auto writer =
        parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), file.sink_, writer_properties(*schema));
    ARROW_RETURN_NOT_OK(writer.status());
    file.writer_ = std::move(writer).ValueUnsafe();
    // Without the schema blob, the writer leaves the schema's metadata out.
    return schema->metadata() == nullptr ? arrow::Status::OK() : file.writer_->AddKeyValueMetadata(schema->metadata());
  }));
  return file;
}

Result<void> ParquetFile::begin_group() {
  return guarded(path_, [&] { return writer_->NewRowGroup(); });
}

Result<void> ParquetFile::write_column(const arrow::Array& column) {
  return guarded(path_, [&] { return writer_->WriteColumnChunk(column); });
}

Result<void> ParquetFile::finish() {
  LW_CHECK(guarded(path_, [&] { return writer_->Close(); }));
  return guarded(path_, [&] { return sink_->Close(); });
}

}  // namespace longwatch
