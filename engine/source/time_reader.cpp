// Columns read as times, in microseconds.
#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/source/convert_reader.hpp"
#include "engine/source/decimal.hpp"
#include "engine/source/int96.hpp"
#include "engine/source/iso_time.hpp"
#include "engine/source/readers.hpp"
#include "engine/source/text_time_reader.hpp"

namespace longwatch::reading {
namespace {

using ::parquet::Type;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

std::int64_t times(std::int64_t value, std::int64_t factor) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(value, factor, &product) ? kNoTime : product;
}

std::int64_t floor_thousandth(std::int64_t value) { return value / 1000 - (value % 1000 < 0 ? 1 : 0); }

struct DaysToMicros {
  std::int64_t operator()(std::int32_t days) const { return times(days, kMicrosPerDay); }
};

struct TimestampToMicros {
  std::int64_t per_second;
  std::int64_t operator()(std::int64_t value) const {
    return per_second == 1'000'000 ? value : per_second == 1'000 ? times(value, 1000) : floor_thousandth(value);
  }
};

struct Int96ToMicros {
  std::int64_t operator()(const ::parquet::Int96& value) const {
    const Int96Time time = split_int96(value);
    const std::int64_t midnight = times(time.days, kMicrosPerDay);
    std::int64_t micros = 0;
    if (midnight == kNoTime || __builtin_add_overflow(midnight, time.nanos / 1000, &micros)) return kNoTime;
    return micros;
  }
};

std::int64_t from_year(std::int64_t year) {
  return year >= 1 && year <= 9999 ? days_from_civil(year, 1, 1) * kMicrosPerDay : kNoTime;
}

// Numbers since 1970-01-01, or years. `As` is the integer type the column means.
template <class As>
struct WholeEpoch {
  EpochUnit unit;
  template <class T>
  std::int64_t operator()(T raw) const {
    const As value = static_cast<As>(raw);
    if constexpr (std::is_same_v<As, std::uint64_t>) {
      if (unit == EpochUnit::nanoseconds) return static_cast<std::int64_t>(value / 1000);
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return kNoTime;
    }
    const auto number = static_cast<std::int64_t>(value);
    switch (unit) {
      case EpochUnit::years:
        return from_year(number);
      case EpochUnit::seconds:
        return times(number, 1'000'000);
      case EpochUnit::milliseconds:
        return times(number, 1'000);
      case EpochUnit::microseconds:
        return number;
      case EpochUnit::nanoseconds:
        return floor_thousandth(number);
    }
    return kNoTime;
  }
};

struct FloatingEpoch {
  EpochUnit unit;
  std::int64_t operator()(double value) const {
    constexpr double kLimit = 9.2e18;
    double micros = value;
    if (unit == EpochUnit::years)
      return value == std::trunc(value) && std::fabs(value) < 1e4 ? from_year(static_cast<std::int64_t>(value))
                                                                  : kNoTime;
    if (unit == EpochUnit::seconds) micros = value * 1e6;
    if (unit == EpochUnit::milliseconds) micros = value * 1e3;
    if (unit == EpochUnit::nanoseconds) micros = value / 1e3;
    return std::fabs(micros) < kLimit ? static_cast<std::int64_t>(std::nearbyint(micros)) : kNoTime;  // NaN too
  }
};

struct DecimalEpoch {
  FloatingEpoch epoch;
  int scale;
  int width;
  std::int64_t operator()(std::int64_t value) const { return epoch(decimal_number(value, scale)); }
  std::int64_t operator()(const ::parquet::FixedLenByteArray& value) const {
    return epoch(decimal_number(value.ptr, width, scale));
  }
  std::int64_t operator()(const ::parquet::ByteArray& value) const {
    return epoch(decimal_number(value.ptr, value.len, scale));
  }
};

std::unique_ptr<ColumnReader> integer_reader(const LeafColumn& column, OpenChunk chunk, EpochUnit unit) {
  if (column.physical == Type::INT32) {
    if (column.is_unsigned)
      return convert_reader<::parquet::Int32Type, std::int64_t>(std::move(chunk), WholeEpoch<std::uint32_t>{unit});
    return convert_reader<::parquet::Int32Type, std::int64_t>(std::move(chunk), WholeEpoch<std::int32_t>{unit});
  }
  if (column.is_unsigned)
    return convert_reader<::parquet::Int64Type, std::int64_t>(std::move(chunk), WholeEpoch<std::uint64_t>{unit});
  return convert_reader<::parquet::Int64Type, std::int64_t>(std::move(chunk), WholeEpoch<std::int64_t>{unit});
}

std::unique_ptr<ColumnReader> floating_reader(const LeafColumn& column, OpenChunk chunk, EpochUnit unit) {
  if (column.half) return nullptr;  // too coarse to be a time
  if (column.physical == Type::FLOAT)
    return convert_reader<::parquet::FloatType, std::int64_t>(std::move(chunk), FloatingEpoch{unit});
  return convert_reader<::parquet::DoubleType, std::int64_t>(std::move(chunk), FloatingEpoch{unit});
}

std::unique_ptr<ColumnReader> decimal_reader(const LeafColumn& column, OpenChunk chunk, EpochUnit unit) {
  const DecimalEpoch epoch{{unit}, column.scale, column.width};
  switch (column.physical) {
    case Type::INT32:
      return convert_reader<::parquet::Int32Type, std::int64_t>(std::move(chunk), epoch);
    case Type::INT64:
      return convert_reader<::parquet::Int64Type, std::int64_t>(std::move(chunk), epoch);
    case Type::BYTE_ARRAY:
      return convert_reader<::parquet::ByteArrayType, std::int64_t>(std::move(chunk), epoch);
    default:
      return convert_reader<::parquet::FLBAType, std::int64_t>(std::move(chunk), epoch);
  }
}

std::unique_ptr<ColumnReader> timestamp_reader(const LeafColumn& column, OpenChunk chunk) {
  if (column.physical == Type::INT96)
    return convert_reader<::parquet::Int96Type, std::int64_t>(std::move(chunk), Int96ToMicros{});
  return convert_reader<::parquet::Int64Type, std::int64_t>(std::move(chunk), TimestampToMicros{column.per_second},
                                                            column.info.zoned);
}

}  // namespace

std::unique_ptr<ColumnReader> time_reader(const LeafColumn& column, OpenChunk chunk, EpochUnit unit) {
  switch (column.info.type) {
    case FileType::integer:
      return integer_reader(column, std::move(chunk), unit);
    case FileType::floating:
      return floating_reader(column, std::move(chunk), unit);
    case FileType::decimal:
      return decimal_reader(column, std::move(chunk), unit);
    case FileType::date:
      return convert_reader<::parquet::Int32Type, std::int64_t>(std::move(chunk), DaysToMicros{});
    case FileType::timestamp:
      return timestamp_reader(column, std::move(chunk));
    case FileType::text:
      return text_time_reader(column, std::move(chunk));
    case FileType::null:
      return null_reader<std::int64_t>(column, std::move(chunk));
    default:
      return nullptr;
  }
}

}  // namespace longwatch::reading
