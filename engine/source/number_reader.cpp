// Columns read as numbers.
#include <arrow/util/float16.h>

#include "engine/source/convert_reader.hpp"
#include "engine/source/decimal.hpp"
#include "engine/source/int96.hpp"
#include "engine/source/readers.hpp"

namespace longwatch::reading {
namespace {

using ::parquet::Type;

template <class As>
struct Whole {
  template <class T>
  double operator()(T value) const {
    return static_cast<double>(static_cast<As>(value));
  }
};

struct Divided {
  double by;
  template <class T>
  double operator()(T value) const {
    return static_cast<double>(value) / by;
  }
};

struct DaysToSeconds {
  double operator()(std::int32_t days) const { return static_cast<double>(days) * 86400.0; }
};

struct Int96Seconds {
  double operator()(const ::parquet::Int96& value) const {
    const Int96Time time = split_int96(value);
    std::int64_t nanos = 0;
    const bool wide = __builtin_mul_overflow(time.days, 86'400'000'000'000, &nanos) ||
                      __builtin_add_overflow(nanos, time.nanos, &nanos);
    if (!wide) return static_cast<double>(nanos) / 1e9;
    return static_cast<double>(time.days) * 86400.0 + static_cast<double>(time.nanos) / 1e9;
  }
};

struct HalfToFloat {
  float operator()(const ::parquet::FixedLenByteArray& value) const {
    return arrow::util::Float16::FromLittleEndian(value.ptr).ToFloat();
  }
};

struct DecimalInteger {
  int scale;
  template <class T>
  double operator()(T value) const {
    return decimal_number(std::int64_t{value}, scale);
  }
};

struct DecimalBytes {
  int scale;
  int width;
  double operator()(const ::parquet::FixedLenByteArray& value) const { return decimal_number(value.ptr, width, scale); }
  double operator()(const ::parquet::ByteArray& value) const { return decimal_number(value.ptr, value.len, scale); }
};

std::unique_ptr<ColumnReader> integer_reader(const LeafColumn& column, OpenChunk chunk) {
  if (column.physical == Type::INT32) {
    if (column.is_unsigned)
      return convert_reader<::parquet::Int32Type, double>(std::move(chunk), Whole<std::uint32_t>{});
    return convert_reader<::parquet::Int32Type, double>(std::move(chunk), Whole<std::int32_t>{});
  }
  if (column.is_unsigned) return convert_reader<::parquet::Int64Type, double>(std::move(chunk), Whole<std::uint64_t>{});
  return convert_reader<::parquet::Int64Type, double>(std::move(chunk), Whole<std::int64_t>{});
}

std::unique_ptr<ColumnReader> floating_reader(const LeafColumn& column, OpenChunk chunk) {
  if (column.half) return convert_reader<::parquet::FLBAType, float>(std::move(chunk), HalfToFloat{});
  if (column.physical == Type::FLOAT) return convert_reader<::parquet::FloatType, float>(std::move(chunk), nullptr);
  return convert_reader<::parquet::DoubleType, double>(std::move(chunk), nullptr);
}

std::unique_ptr<ColumnReader> decimal_reader(const LeafColumn& column, OpenChunk chunk) {
  const DecimalBytes bytes{column.scale, column.width};
  switch (column.physical) {
    case Type::INT32:
      return convert_reader<::parquet::Int32Type, double>(std::move(chunk), DecimalInteger{column.scale});
    case Type::INT64:
      return convert_reader<::parquet::Int64Type, double>(std::move(chunk), DecimalInteger{column.scale});
    case Type::BYTE_ARRAY:
      return convert_reader<::parquet::ByteArrayType, double>(std::move(chunk), bytes);
    default:
      return convert_reader<::parquet::FLBAType, double>(std::move(chunk), bytes);
  }
}

std::unique_ptr<ColumnReader> time_as_number(const LeafColumn& column, OpenChunk chunk) {
  if (column.physical == Type::INT96)
    return convert_reader<::parquet::Int96Type, double>(std::move(chunk), Int96Seconds{});
  const Divided seconds{static_cast<double>(column.per_second)};
  if (column.physical == Type::INT32) return convert_reader<::parquet::Int32Type, double>(std::move(chunk), seconds);
  return convert_reader<::parquet::Int64Type, double>(std::move(chunk), seconds);
}

}  // namespace

std::unique_ptr<ColumnReader> number_reader(const LeafColumn& column, OpenChunk chunk) {
  switch (column.info.type) {
    case FileType::boolean:
      return convert_reader<::parquet::BooleanType, double>(std::move(chunk), Whole<int>{});
    case FileType::integer:
      return integer_reader(column, std::move(chunk));
    case FileType::floating:
      return floating_reader(column, std::move(chunk));
    case FileType::decimal:
      return decimal_reader(column, std::move(chunk));
    case FileType::date:
      return convert_reader<::parquet::Int32Type, double>(std::move(chunk), DaysToSeconds{});
    case FileType::timestamp:
    case FileType::time:
      return time_as_number(column, std::move(chunk));
    case FileType::null:
      return null_reader<double>(column, std::move(chunk));
    default:
      return nullptr;
  }
}

}  // namespace longwatch::reading
