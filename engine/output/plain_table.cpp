// Columns of three kinds behind one list, written a row group at a time.
#include "engine/output/plain_table.hpp"

#include <arrow/builder.h>
#include <arrow/io/memory.h>

#include <functional>
#include <optional>

#include "engine/output/parquet_file.hpp"

namespace longwatch {

Result<std::shared_ptr<arrow::Array>> FlagColumn::array() const {
  arrow::BooleanBuilder builder;
  std::shared_ptr<arrow::Array> array;
  LW_CHECK(guarded("", [&] {
    ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<std::int64_t>(values_.size())));
    for (const int value : values_) value < 0 ? builder.UnsafeAppendNull() : builder.UnsafeAppend(value != 0);
    return builder.Finish(&array);
  }));
  return array;
}

struct PlainTable::Impl {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::function<Result<void>()>> writers;  // each writes and clears its column
  std::deque<TextColumn> texts;
  std::deque<FixedColumn<double>> numbers;
  std::deque<FixedColumn<std::int64_t>> integers;
  std::deque<FlagColumn> flags;
  std::shared_ptr<arrow::io::BufferOutputStream> sink;
  std::optional<ParquetFile> file;
  std::string name;

  template <class Column>
  Result<void> write(Column& column, Result<std::shared_ptr<arrow::Array>> array) {
    if (!array.ok()) return std::move(array.error());
    LW_CHECK(file->write_column(*array.value()));
    column.clear();
    return {};
  }

  FixedColumn<std::int64_t>& add_integer(std::string column, std::shared_ptr<arrow::DataType> type) {
    auto& added = integers.emplace_back();
    fields.push_back(arrow::field(std::move(column), type));
    writers.emplace_back([this, &added, type] { return write(added, added.array(type)); });
    return added;
  }
};

PlainTable::PlainTable() : impl_(std::make_unique<Impl>()) {}
PlainTable::~PlainTable() = default;

TextColumn& PlainTable::text(std::string name) {
  auto& added = impl_->texts.emplace_back();
  impl_->fields.push_back(arrow::field(std::move(name), text_type()));
  impl_->writers.emplace_back([impl = impl_.get(), &added] { return impl->write(added, added.array()); });
  return added;
}

FixedColumn<double>& PlainTable::number(std::string name) {
  auto& added = impl_->numbers.emplace_back();
  impl_->fields.push_back(arrow::field(std::move(name), arrow::float64()));
  impl_->writers.emplace_back(
      [impl = impl_.get(), &added] { return impl->write(added, added.array(arrow::float64())); });
  return added;
}

FixedColumn<std::int64_t>& PlainTable::integer(std::string name) {
  return impl_->add_integer(std::move(name), arrow::int64());
}

FixedColumn<std::int64_t>& PlainTable::instant(std::string name) {
  return impl_->add_integer(std::move(name), instant_type());
}

FlagColumn& PlainTable::flag(std::string name) {
  auto& added = impl_->flags.emplace_back();
  impl_->fields.push_back(arrow::field(std::move(name), arrow::boolean()));
  impl_->writers.emplace_back([impl = impl_.get(), &added] { return impl->write(added, added.array()); });
  return added;
}

Result<void> PlainTable::begin(const std::string& file_name) {
  impl_->name = file_name;
  LW_CHECK(guarded(file_name, [&] { return arrow::io::BufferOutputStream::Create().Value(&impl_->sink); }));
  LW_TRY(ParquetFile file, ParquetFile::create(impl_->sink, arrow::schema(impl_->fields), file_name));
  impl_->file.emplace(std::move(file));
  return {};
}

Result<void> PlainTable::write_group() {
  LW_CHECK(impl_->file->begin_group());
  for (const auto& writer : impl_->writers) LW_CHECK(writer());
  return {};
}

Result<std::string> PlainTable::finish() {
  LW_CHECK(impl_->file->finish());
  std::shared_ptr<arrow::Buffer> buffer;
  LW_CHECK(guarded(impl_->name, [&] { return impl_->sink->Finish().Value(&buffer); }));
  return buffer->ToString();
}

KeyColumns::KeyColumns(PlainTable& table, bool chunks)
    : model_(table.text("model")),
      version_(table.text("model_version")),
      segment_column_(table.text("segment_column")),
      segment_value_(table.text("segment_value")),
      period_(table.text("period")) {
  if (!chunks) return;
  auto& index = table.integer("chunk_index");
  auto& key = table.text("chunk_key");
  auto& start = table.instant("chunk_start");
  chunk_.emplace(Chunk{index, key, start, table.instant("chunk_end")});
}

void KeyColumns::add(const ResultRow& row) {
  model_.add(row.model.view());
  version_.add(row.model_version.view());
  segment_column_.add(row.segment_column.view());
  const bool empty_value = row.segment_value.empty() && !row.segment_column.empty();
  segment_value_.add(row.segment_missing ? std::string_view{}
                     : empty_value       ? std::string_view{""}
                                         : row.segment_value.view());
  period_.add(row.period);
  if (!chunk_) return;
  chunk_->index.add(row.chunk_index, row.chunk_index >= 0);
  chunk_->key.add(row.chunk_key.view());
  chunk_->start.add(row.chunk_start, row.chunk_start != ResultRow::kNoTime);
  chunk_->end.add(row.chunk_end, row.chunk_end != ResultRow::kNoTime);
}

}  // namespace longwatch
