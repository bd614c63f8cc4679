// One feature of each column type that the other features do not have.
#include <cstdint>

#include "tools/synth/columns.hpp"
#include "tools/synth/fill.hpp"
#include "tools/synth/random.hpp"

namespace longwatch::synth {
namespace {

template <class ArrowType, class Value>
Column column(const char* name, std::uint64_t model_key, std::shared_ptr<arrow::DataType> type, Value value) {
  const std::uint64_t key = subkey(model_key, name);
  return {name, type, [type, key, value](Rows rows) {
            return fill<ArrowType>(
                rows, type, [&](std::int64_t row) { return value(random_bits(key, row)); }, kNever);
          }};
}

// A whole number in [0, limit), as `T`.
template <class T, std::uint64_t kLimit>
T whole(std::uint64_t bits) {
  return static_cast<T>(bits % kLimit);
}

}  // namespace

std::vector<Column> wide_columns(std::uint64_t key) {
  const auto milliseconds = arrow::timestamp(arrow::TimeUnit::MILLI);
  const auto cents = [](std::uint64_t bits) { return arrow::Decimal128(static_cast<std::int64_t>(bits % 1'000'000)); };
  const auto time = [](std::uint64_t bits) {
    return std::int64_t{1'700'000'000'000} + static_cast<std::int64_t>(bits % 1'000'000'000);
  };
  const auto single = [](std::uint64_t bits) { return static_cast<float>(bits >> 40); };
  const auto coin = [](std::uint64_t bits) { return bits % 4 == 0; };
  return {
      column<arrow::Int8Type>("wide_int8", key, arrow::int8(), whole<std::int8_t, 100>),
      column<arrow::Int16Type>("wide_int16", key, arrow::int16(), whole<std::int16_t, 30'000>),
      column<arrow::Int32Type>("wide_int32", key, arrow::int32(), whole<std::int32_t, 2'000'000'000>),
      column<arrow::UInt8Type>("wide_uint8", key, arrow::uint8(), whole<std::uint8_t, 256>),
      column<arrow::UInt16Type>("wide_uint16", key, arrow::uint16(), whole<std::uint16_t, 65'536>),
      column<arrow::UInt32Type>("wide_uint32", key, arrow::uint32(), whole<std::uint32_t, 4'000'000'000>),
      column<arrow::UInt64Type>("wide_uint64", key, arrow::uint64(), whole<std::uint64_t, 10'000'000'000>),
      column<arrow::FloatType>("wide_float", key, arrow::float32(), single),
      column<arrow::Decimal128Type>("wide_decimal", key, arrow::decimal128(12, 2), cents),
      column<arrow::BooleanType>("wide_boolean", key, arrow::boolean(), coin),
      column<arrow::Date32Type>("wide_date", key, arrow::date32(), whole<std::int32_t, 20'000>),
      column<arrow::TimestampType>("wide_timestamp", key, milliseconds, time),
  };
}

}  // namespace longwatch::synth
