#pragma once
// The timestamps of Impala and old Spark: nanoseconds of the day (8 bytes) and a Julian day number (4 bytes).

#include <cstdint>

#include <parquet/types.h>

namespace longwatch::reading {

struct Int96Time {
  std::int64_t days = 0;   ///< since 1970-01-01
  std::int64_t nanos = 0;  ///< of the day
};

inline Int96Time split_int96(const ::parquet::Int96& value) {
  constexpr std::uint64_t kNanosPerDay = 86'400'000'000'000;
  constexpr std::int64_t kJulianDayOf1970 = 2440588;
  const auto nanos = static_cast<std::uint64_t>(value.value[1]) << 32U | value.value[0];
  const std::int64_t day = static_cast<std::int64_t>(value.value[2]) - kJulianDayOf1970;
  // Sound files never have a day's worth of nanoseconds; days keep any text and number well defined.
  return {day + static_cast<std::int64_t>(nanos / kNanosPerDay), static_cast<std::int64_t>(nanos % kNanosPerDay)};
}

}  // namespace longwatch::reading
