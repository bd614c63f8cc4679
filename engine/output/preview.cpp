// Reads a few rows through Arrow.
#include "engine/output/preview.hpp"

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <parquet/arrow/reader.h>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "engine/chunk/time.hpp"
#include "engine/output/os_error.hpp"

namespace longwatch {
namespace {

TextTable::Cell cell_of(const arrow::Array& array, std::int64_t row) {
  if (array.IsNull(row)) return std::monostate{};
  switch (array.type_id()) {
    case arrow::Type::DOUBLE:
      return static_cast<const arrow::DoubleArray&>(array).Value(row);
    case arrow::Type::FLOAT:
      return static_cast<double>(static_cast<const arrow::FloatArray&>(array).Value(row));
    case arrow::Type::INT64:
      return static_cast<const arrow::Int64Array&>(array).Value(row);
    case arrow::Type::INT32:
      return std::int64_t{static_cast<const arrow::Int32Array&>(array).Value(row)};
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(array).Value(row);
    case arrow::Type::STRING:
      return std::string(static_cast<const arrow::StringArray&>(array).GetView(row));
    case arrow::Type::BINARY:
      return std::to_string(static_cast<const arrow::BinaryArray&>(array).GetView(row).size()) + " bytes";
    case arrow::Type::TIMESTAMP: {
      const auto& type = static_cast<const arrow::TimestampType&>(*array.type());
      if (type.unit() != arrow::TimeUnit::MICRO || type.timezone().empty()) break;
      return format_utc(static_cast<const arrow::TimestampArray&>(array).Value(row));
    }
    default:
      break;
  }
  const auto scalar = array.GetScalar(row);
  return scalar.ok() ? scalar.ValueUnsafe()->ToString() : std::string("?");
}

arrow::Result<TextTable> read_rows(const std::string& path, std::int64_t max_rows) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(file));
  parquet::ArrowReaderProperties properties;
  properties.set_batch_size(std::clamp<std::int64_t>(max_rows, 1, 65'536));
  properties.set_use_threads(false);
  ARROW_ASSIGN_OR_RAISE(auto reader, builder.properties(properties)->Build());
  std::shared_ptr<arrow::Schema> schema;
  ARROW_RETURN_NOT_OK(reader->GetSchema(&schema));
  TextTable table(schema->field_names());
  std::vector<int> groups;
  for (std::int64_t rows = 0; static_cast<int>(groups.size()) < reader->num_row_groups() && rows < max_rows;) {
    rows += reader->parquet_reader()->metadata()->RowGroup(static_cast<int>(groups.size()))->num_rows();
    groups.push_back(static_cast<int>(groups.size()));
  }
  ARROW_ASSIGN_OR_RAISE(auto batches, reader->GetRecordBatchReader(groups));
  for (std::int64_t left = max_rows; left > 0;) {
    ARROW_ASSIGN_OR_RAISE(auto batch, batches->Next());
    if (batch == nullptr) break;
    for (std::int64_t row = 0; row < batch->num_rows() && left > 0; ++row, --left) {
      std::vector<TextTable::Cell> cells;
      for (const auto& column : batch->columns()) cells.push_back(cell_of(*column, row));
      table.add_row(std::move(cells));
    }
  }
  return table;
}

}  // namespace

Result<TextTable> preview_parquet(const std::string& path, std::int64_t max_rows) {
  std::string reason;
  try {
    auto table = read_rows(path, max_rows);
    if (table.ok()) return std::move(table).ValueUnsafe();
    reason = table.status().message();
  } catch (const std::exception& exception) {
    reason = exception.what();
  }
  return file_error(ErrorCode::data, path, "cannot read as Parquet: " + reason,
                    "check the path, and that the file is whole");
}

}  // namespace longwatch
