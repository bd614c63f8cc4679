#pragma once
// The reader behind numbers and times: decodes a batch, converts it in one tight loop, spreads it over its rows.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "engine/source/leaf_type.hpp"
#include "engine/source/slab.hpp"
#include "engine/source/source.hpp"

namespace longwatch::reading {

/// What a conversion to time yields for a value that is no time; its row becomes null.
constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

template <class T>
constexpr ValueType value_type() {
  if constexpr (std::is_same_v<T, float>) return ValueType::float32;
  if constexpr (std::is_same_v<T, double>) return ValueType::float64;
  return ValueType::micros64;
}

/// Delivers `Convert{}(raw)` of each value. `Convert` is a function object from the library's value type to float,
/// double or int64 microseconds; nullptr_t delivers the values as they are, decoded straight into the slab.
template <class DType, class Out, class Convert>
class ConvertReader final : public ColumnReader {
 public:
  using Raw = typename DType::c_type;

  ConvertReader(OpenChunk chunk, Convert convert, bool zoned)
      : rows_(std::move(chunk)), convert_(convert), zoned_(zoned) {}

  Result<ColumnView> next(std::int64_t max_rows) override {
    return guarded(rows_.where(), [&]() -> Result<ColumnView> {
      const std::int64_t rows =
          rows_.read(max_rows, out_, [&](Out* out, std::int64_t want, std::int16_t* levels, std::int64_t* present) {
            auto& column = rows_.template typed<DType>();
            if constexpr (std::is_same_v<Convert, std::nullptr_t>) {
              return column.ReadBatch(want, levels, nullptr, out, present);
            } else {
              Raw* const raw = raw_.reserve(want, 0);
              const std::int64_t got = column.ReadBatch(want, levels, nullptr, raw, present);
              for (std::int64_t i = 0; i < *present; ++i) out[i] = convert_(raw[i]);
              return got;
            }
          });
      if constexpr (std::is_same_v<Out, std::int64_t>) drop_no_times(rows);
      return rows_.view(value_type<Out>(), out_.data(), rows);
    });
  }

  [[nodiscard]] bool zoned() const override { return zoned_; }

 private:
  void drop_no_times(std::int64_t rows) {
    const Out* const out = out_.data();
    std::int64_t found = 0;
    for (std::int64_t i = 0; i < rows; ++i) found += out[i] == Out(kNoTime) ? 1 : 0;
    for (std::int64_t i = 0; found > 0 && i < rows; ++i) {
      if (out[i] == Out(kNoTime) && rows_.validity().valid(i)) rows_.validity().set_null(i);
    }
  }

  ChunkRows rows_;
  Convert convert_;
  bool zoned_;
  Buffer<Raw> raw_;
  Buffer<Out> out_;
};

template <class DType, class Out, class Convert>
std::unique_ptr<ColumnReader> convert_reader(OpenChunk chunk, Convert convert, bool zoned = false) {
  return std::make_unique<ConvertReader<DType, Out, Convert>>(std::move(chunk), convert, zoned);
}

/// A column of type null has no values, whatever its storage.
template <class Out>
std::unique_ptr<ColumnReader> null_reader(const LeafColumn& column, OpenChunk chunk) {
  using ::parquet::Type;
  const auto none = [](const auto& /*value*/) -> Out { throw Corrupt("a column of type null holds a value"); };
  switch (column.physical) {
    case Type::BOOLEAN:
      return convert_reader<::parquet::BooleanType, Out>(std::move(chunk), none);
    case Type::INT32:
      return convert_reader<::parquet::Int32Type, Out>(std::move(chunk), none);
    case Type::INT64:
      return convert_reader<::parquet::Int64Type, Out>(std::move(chunk), none);
    case Type::INT96:
      return convert_reader<::parquet::Int96Type, Out>(std::move(chunk), none);
    case Type::FLOAT:
      return convert_reader<::parquet::FloatType, Out>(std::move(chunk), none);
    case Type::DOUBLE:
      return convert_reader<::parquet::DoubleType, Out>(std::move(chunk), none);
    case Type::BYTE_ARRAY:
      return convert_reader<::parquet::ByteArrayType, Out>(std::move(chunk), none);
    default:
      return convert_reader<::parquet::FLBAType, Out>(std::move(chunk), none);
  }
}

}  // namespace longwatch::reading
