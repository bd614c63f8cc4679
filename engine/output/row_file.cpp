// A block of rows stays in the cache while every column takes its part.
#include "engine/output/row_file.hpp"

#include <algorithm>
#include <utility>

namespace longwatch {
namespace {

constexpr std::size_t kGroupRows = std::size_t{1} << 17;
constexpr std::size_t kBlockRows = 1024;

void append(const ResultColumns& columns, const std::vector<ResultRow>& rows, const std::vector<std::uint32_t>& order,
            std::size_t begin, std::size_t end) {
  std::vector<const ResultRow*> block;
  for (std::size_t at = begin; at < end; at += kBlockRows) {
    block.clear();
    for (std::size_t i = at; i < std::min(end, at + kBlockRows); ++i) block.push_back(&rows[order[i]]);
    for (const auto& column : columns) column->append(block);
  }
}

}  // namespace

Result<RowFile> RowFile::create(std::shared_ptr<arrow::io::OutputStream> sink, ResultColumns columns,
                                std::shared_ptr<const arrow::KeyValueMetadata> metadata, const std::string& path) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const auto& column : columns) fields.push_back(arrow::field(column->name(), column->type()));
  LW_TRY(ParquetFile file, ParquetFile::create(std::move(sink), arrow::schema(fields, std::move(metadata)), path));
  return RowFile(std::move(columns), std::move(file));
}

Result<void> RowFile::add(const std::vector<ResultRow>& rows, const std::vector<std::uint32_t>& order) {
  for (std::size_t begin = 0; begin < order.size(); begin += kGroupRows) {
    append(columns_, rows, order, begin, std::min(order.size(), begin + kGroupRows));
    LW_CHECK(file_.begin_group());
    for (const auto& column : columns_) {
      LW_TRY(const auto array, column->array());
      LW_CHECK(file_.write_column(*array));
      column->clear();
    }
  }
  return {};
}

}  // namespace longwatch
