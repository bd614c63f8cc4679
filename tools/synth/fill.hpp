#pragma once
// Fills Arrow arrays from functions of the row.

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/type_traits.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tools/synth/columns.hpp"

namespace longwatch::synth {

/// An array of ArrowType: value(row) for every row where null(row) is false.
template <class ArrowType, class Value, class Null>
ArrayResult fill(Rows rows, const std::shared_ptr<arrow::DataType>& type, Value value, Null null) {
  typename arrow::TypeTraits<ArrowType>::BuilderType builder(type, arrow::default_memory_pool());
  ARROW_RETURN_NOT_OK(builder.Reserve(rows.count));
  for (std::int64_t row = rows.first; row < rows.first + rows.count; ++row) {
    if (null(row)) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(value(row));
    }
  }
  return builder.Finish();
}

inline constexpr auto kNever = [](std::int64_t) { return false; };

/// dictionary(int32, utf8); the file holds plain text.
inline std::shared_ptr<arrow::DataType> text_type() { return arrow::dictionary(arrow::int32(), arrow::utf8()); }

/// A text column: texts[code(row)].
template <class Code, class Null>
ArrayResult fill_text(Rows rows, const std::vector<std::string>& texts, Code code, Null null) {
  arrow::StringBuilder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(texts));
  ARROW_ASSIGN_OR_RAISE(auto dictionary, builder.Finish());
  ARROW_ASSIGN_OR_RAISE(auto codes, fill<arrow::Int32Type>(rows, arrow::int32(), code, null));
  return std::make_shared<arrow::DictionaryArray>(text_type(), std::move(codes), std::move(dictionary));
}

}  // namespace longwatch::synth
