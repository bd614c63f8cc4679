// A file and constant columns beside its own.
#include "engine/source/partitioned_file.hpp"

#include <algorithm>

#include "engine/base/hash.hpp"
#include "engine/source/own_column.hpp"

namespace longwatch::reading {
namespace {

// Constants are told from a file's own columns by their leaf: -2, -3, ...
constexpr int kFirstLeaf = -2;

template <class DType>
class Constant final : public OwnColumn<DType> {
 public:
  using T = typename DType::c_type;
  Constant(std::int64_t rows, T value) : OwnColumn<DType>(rows), value_(value) {}

  std::int64_t ReadBatch(std::int64_t want, std::int16_t* /*levels*/, std::int16_t* /*repetitions*/, T* values,
                         std::int64_t* present) override {
    *present = this->advance(want);
    std::fill_n(values, *present, value_);
    return *present;
  }

 private:
  T value_;
};

// A dictionary of one text.
class ConstantText final : public OwnColumn<::parquet::ByteArrayType> {
 public:
  ConstantText(std::int64_t rows, const std::string& text)
      : OwnColumn(rows),
        text_(text),
        entry_(static_cast<std::uint32_t>(text_.size()), reinterpret_cast<const std::uint8_t*>(text_.data())) {}

  ::parquet::ExposedEncoding GetExposedEncoding() override { return ::parquet::ExposedEncoding::DICTIONARY; }
  std::int64_t ReadBatchWithDictionary(std::int64_t want, std::int16_t* /*levels*/, std::int16_t* /*repetitions*/,
                                       std::int32_t* codes, std::int64_t* present, const ::parquet::ByteArray** entries,
                                       std::int32_t* size) override {
    *present = advance(want);
    std::fill_n(codes, *present, 0);
    *entries = &entry_;
    *size = 1;
    return *present;
  }

 private:
  std::string text_;
  ::parquet::ByteArray entry_;
};

// No value in any row.
template <class DType>
class Missing final : public OwnColumn<DType> {
 public:
  using OwnColumn<DType>::OwnColumn;

  std::int64_t ReadBatch(std::int64_t want, std::int16_t* levels, std::int16_t* /*repetitions*/,
                         typename DType::c_type* /*values*/, std::int64_t* present) override {
    *present = 0;
    const std::int64_t rows = this->advance(want);
    std::fill_n(levels, rows, std::int16_t{0});
    return rows;
  }
};

template <class DType>
std::shared_ptr<::parquet::ColumnReader> number_column(const ConstantColumn& constant, std::int64_t rows) {
  if (constant.missing) return std::make_shared<Missing<DType>>(rows);
  return std::make_shared<Constant<DType>>(rows, static_cast<typename DType::c_type>(constant.number));
}

std::shared_ptr<::parquet::ColumnReader> constant_column(const ConstantColumn& constant, std::int64_t rows) {
  switch (constant.type) {
    case FileType::integer:
      return number_column<::parquet::Int64Type>(constant, rows);
    case FileType::text:
      if (constant.missing) return std::make_shared<Missing<::parquet::ByteArrayType>>(rows);
      return std::make_shared<ConstantText>(rows, constant.text);
    default:
      return number_column<::parquet::Int32Type>(constant, rows);
  }
}

LeafColumn describe(const ConstantColumn& constant) {
  LeafColumn column;
  column.info.name = constant.name;
  column.info.type = constant.type;
  switch (constant.type) {
    case FileType::integer:
      column.physical = ::parquet::Type::INT64;
      column.info.type_text = "int64";
      break;
    case FileType::text:
      column.physical = ::parquet::Type::BYTE_ARRAY;
      column.info.type_text = "string";
      break;
    default:
      column.physical = ::parquet::Type::INT32;
      column.info.type_text = constant.type == FileType::date ? "date" : "null";
  }
  return column;
}

class PartitionedFile final : public TableFile {
 public:
  PartitionedFile(std::shared_ptr<const TableFile> file, std::vector<ConstantColumn> constants)
      : file_(std::move(file)),
        constants_(std::move(constants)),
        summary_(file_->summary()),
        columns_(file_->columns()) {
    for (const ConstantColumn& constant : constants_) {
      LeafColumn column = describe(constant);
      column.leaf = kFirstLeaf - static_cast<int>(columns_.size() - file_->columns().size());
      columns_.push_back(std::move(column));
      // A folder with another name is another table.
      summary_.fingerprint = hash_text(constant.name, summary_.fingerprint);
      summary_.fingerprint = hash_text(constant.text, mix64(summary_.fingerprint + (constant.missing ? 1 : 0)));
      summary_.fingerprint = mix64(summary_.fingerprint ^ static_cast<std::uint64_t>(constant.number));
    }
  }

  [[nodiscard]] const SourceFile& summary() const override { return summary_; }
  [[nodiscard]] const std::vector<LeafColumn>& columns() const override { return columns_; }
  [[nodiscard]] const std::vector<std::int64_t>& group_rows() const override { return file_->group_rows(); }

  [[nodiscard]] OpenChunk open_chunk(int group, const LeafColumn& column, bool dictionary) const override {
    if (column.leaf > kFirstLeaf) return file_->open_chunk(group, column, dictionary);
    OpenChunk chunk;
    chunk.rows = group_rows().at(static_cast<std::size_t>(group));
    if (chunk.rows == 0) return chunk;
    chunk.nullable = constant(column).missing;
    chunk.column = constant_column(constant(column), chunk.rows);
    return chunk;
  }

  [[nodiscard]] std::optional<NumberRange> number_range(const LeafColumn& column) const override {
    if (column.leaf > kFirstLeaf) return file_->number_range(column);
    const ConstantColumn& value = constant(column);
    if (value.type != FileType::integer || value.missing || summary_.rows == 0) return std::nullopt;
    return NumberRange{static_cast<double>(value.number), static_cast<double>(value.number)};
  }

 private:
  [[nodiscard]] const ConstantColumn& constant(const LeafColumn& column) const {
    return constants_.at(static_cast<std::size_t>(kFirstLeaf - column.leaf));
  }

  std::shared_ptr<const TableFile> file_;
  std::vector<ConstantColumn> constants_;
  SourceFile summary_;
  std::vector<LeafColumn> columns_;
};

}  // namespace

std::shared_ptr<const TableFile> with_constants(std::shared_ptr<const TableFile> file,
                                                std::vector<ConstantColumn> constants) {
  if (constants.empty()) return file;
  return std::make_shared<PartitionedFile>(std::move(file), std::move(constants));
}

}  // namespace longwatch::reading
