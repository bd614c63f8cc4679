#pragma once
// The timestamps of Impala and old Spark: nanoseconds of the day (8 bytes) and a Julian day number (4 bytes).

#include <cstdint>

#include <parquet/types.h>

namespace longwatch::reading {

struct Int96Time {
  std::int64_t days = 0;   ///< since 1970-01-01
  std::int64_t nanos = 0;  ///< of the day
};

/// Any bits are some time: nanoseconds may be negative or more than a day's, and where microseconds since 1970 do not
/// fit 64 bits they wrap around, as they did in Spark when it wrote the value (the year 290000).
inline Int96Time split_int96(const ::parquet::Int96& value) {
  constexpr std::int64_t kNanosPerDay = 86'400'000'000'000;
  constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
  constexpr std::int64_t kJulianDayOf1970 = 2440588;
  constexpr std::int64_t kLastDay = INT64_MAX / kMicrosPerDay - 1;
  const auto floor_divide = [](std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); };
  const auto nanos = static_cast<std::int64_t>(static_cast<std::uint64_t>(value.value[1]) << 32U | value.value[0]);
  const std::int64_t carry = floor_divide(nanos, kNanosPerDay);
  const Int96Time exact{static_cast<std::int32_t>(value.value[2]) - kJulianDayOf1970 + carry,
                        nanos - carry * kNanosPerDay};
  if (exact.days <= kLastDay && exact.days >= -kLastDay) return exact;
  const auto micros =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(exact.days) * static_cast<std::uint64_t>(kMicrosPerDay) +
                                static_cast<std::uint64_t>(exact.nanos / 1000));
  const std::int64_t days = floor_divide(micros, kMicrosPerDay);
  return {days, (micros - days * kMicrosPerDay) * 1000};
}

}  // namespace longwatch::reading
