// Dictionary-encoded text columns.
#include "engine/output/array_columns.hpp"

#include <arrow/builder.h>

#include "engine/output/parquet_file.hpp"

namespace longwatch {

std::shared_ptr<arrow::DataType> text_type() { return arrow::dictionary(arrow::int32(), arrow::utf8()); }
std::shared_ptr<arrow::DataType> instant_type() { return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"); }

void TextColumn::find(std::string_view text) {
  last_ = text;
  if (text.data() == nullptr) return;
  const auto [at, new_address] = by_address_.try_emplace({text.data(), text.size()}, 0);
  if (new_address) {
    const auto [known, new_text] = by_text_.try_emplace(text, static_cast<std::int32_t>(texts_.size()));
    if (new_text) texts_.push_back(text);
    at->second = known->second;
  }
  last_code_ = at->second;
}

Result<std::shared_ptr<arrow::Array>> TextColumn::array() const {
  arrow::StringBuilder builder;
  std::shared_ptr<arrow::Array> dictionary;
  LW_CHECK(guarded("", [&] {
    for (const std::string_view text : texts_) ARROW_RETURN_NOT_OK(builder.Append(text));
    return builder.Finish(&dictionary);
  }));
  return std::shared_ptr<arrow::Array>(
      std::make_shared<arrow::DictionaryArray>(text_type(), codes_.array(arrow::int32()), dictionary));
}

void TextColumn::clear() {
  codes_.clear();
  texts_.clear();
  by_address_.clear();
  by_text_.clear();
  last_ = {};
}

}  // namespace longwatch
