// Parquet and text files of a generated fleet.
#include "tools/synth/table_file.hpp"

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <exception>

namespace longwatch::synth {
namespace {

std::shared_ptr<parquet::WriterProperties> properties_for(const std::vector<Column>& columns) {
  parquet::WriterProperties::Builder builder;
  builder.compression(arrow::Compression::ZSTD)->compression_level(1)->disable_dictionary();
  for (const Column& column : columns) {
    if (column.type->id() == arrow::Type::DICTIONARY) builder.enable_dictionary(column.name);
  }
  return builder.build();
}

arrow::Status write(const std::string& path, const std::vector<Column>& columns, Rows rows, std::int64_t group_rows) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const Column& column : columns) fields.push_back(arrow::field(column.name, column.type));
  ARROW_ASSIGN_OR_RAISE(auto sink, arrow::io::FileOutputStream::Open(path));
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        parquet::arrow::FileWriter::Open(*arrow::schema(fields), arrow::default_memory_pool(), sink,
                                                         properties_for(columns)));
  const std::int64_t end = rows.first + rows.count;
  for (std::int64_t first = rows.first; first < end; first += group_rows) {
    ARROW_RETURN_NOT_OK(writer->NewRowGroup());
    for (const Column& column : columns) {
      ARROW_ASSIGN_OR_RAISE(const auto array, column.make({first, std::min(group_rows, end - first)}));
      ARROW_RETURN_NOT_OK(writer->WriteColumnChunk(*array));
    }
  }
  ARROW_RETURN_NOT_OK(writer->Close());
  return sink->Close();
}

arrow::Status write(const std::string& path, const std::string& text) {
  ARROW_ASSIGN_OR_RAISE(auto sink, arrow::io::FileOutputStream::Open(path));
  ARROW_RETURN_NOT_OK(sink->Write(text));
  return sink->Close();
}

// Runs `action`, turning a failed status or an exception into an error at `path`.
template <class Action>
Result<void> guarded(const std::string& path, Action action) {
  Error error{ErrorCode::output, "", {}, "check that the disk has room and the folder may be written to"};
  error.where.file = path;
  try {
    const arrow::Status status = action();
    if (status.ok()) return {};
    error.what = "cannot write: " + status.message();
  } catch (const std::exception& exception) {
    error.what = std::string("cannot write: ") + exception.what();
  }
  return error;
}

}  // namespace

Result<void> write_table(const std::string& path, const std::vector<Column>& columns, Rows rows,
                         std::int64_t group_rows) {
  return guarded(path, [&] { return write(path, columns, rows, group_rows); });
}

Result<void> write_text(const std::string& path, const std::string& text) {
  return guarded(path, [&] { return write(path, text); });
}

}  // namespace longwatch::synth
