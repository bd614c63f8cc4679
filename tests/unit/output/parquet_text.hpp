#pragma once
// Reads Parquet back through Arrow, independently of what wrote it.

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <parquet/arrow/reader.h>

#include <memory>
#include <string>

namespace longwatch {

inline std::shared_ptr<arrow::Table> table_of(const std::string& bytes) {
  auto file = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
  auto reader = parquet::arrow::OpenFile(file, arrow::default_memory_pool()).ValueOrDie();
  auto table = reader->ReadTable().ValueOrDie();
  if (!table->ValidateFull().ok()) abort();
  return table;
}

/// The value of a cell as text; "null" for null.
inline std::string cell(const arrow::Table& table, const std::string& column, std::int64_t row) {
  return table.GetColumnByName(column)->GetScalar(row).ValueOrDie()->ToString();
}

}  // namespace longwatch
