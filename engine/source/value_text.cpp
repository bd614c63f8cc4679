// The category text of values: numbers, dates, times, bytes.
#include "engine/source/value_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace longwatch::reading {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;

template <class T>
std::string shortest_number(T value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  constexpr T kExact = T{9007199254740992};  // 2^53: from there on not every whole number is a double
  char buffer[64];
  if (std::fabs(value) < kExact && value == std::trunc(value)) {
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(value)).ptr;
    return {buffer, end};
  }
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

struct Split {
  std::int64_t quotient;
  std::int64_t remainder;  // never negative
};
Split floor_split(std::int64_t value, std::int64_t by) {
  std::int64_t quotient = value / by;
  std::int64_t remainder = value % by;
  if (remainder < 0) {
    remainder += by;
    --quotient;
  }
  return {quotient, remainder};
}

// ".123456", ".123456789" or nothing.
std::string fraction_text(std::int64_t part, std::int64_t per_second) {
  if (part == 0) return {};
  const std::int64_t nanos = part * (1'000'000'000 / per_second);
  char buffer[16];
  if (nanos % 1000 == 0) {
    std::snprintf(buffer, sizeof buffer, ".%06d", static_cast<int>(nanos / 1000));
  } else {
    std::snprintf(buffer, sizeof buffer, ".%09d", static_cast<int>(nanos));
  }
  return buffer;
}

std::string clock_text(std::int64_t second_of_day) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%02d:%02d:%02d", static_cast<int>(second_of_day / 3600) % 100,
                static_cast<int>(second_of_day / 60 % 60), static_cast<int>(second_of_day % 60));
  return buffer;
}

}  // namespace

std::string number_text(double value) { return shortest_number(value); }
std::string number_text(float value) { return shortest_number(value); }

std::string date_text(std::int64_t days) {
  // H. Hinnant, "chrono-compatible low-level date algorithms": civil_from_days.
  const Split era = floor_split(days + 719468, 146097);
  const std::int64_t doe = era.remainder;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  const int day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  const int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  const long long year = yoe + era.quotient * 400 + (month <= 2 ? 1 : 0);
  char buffer[48];
  const char* const format = year >= 1 && year <= 9999 ? "%04lld-%02d-%02d" : "%+05lld-%02d-%02d";
  std::snprintf(buffer, sizeof buffer, format, year, month, day);
  return buffer;
}

std::string timestamp_text(std::int64_t value, std::int64_t per_second, bool zoned) {
  const Split second = floor_split(value, per_second);
  const Split day = floor_split(second.quotient, kSecondsPerDay);
  return date_text(day.quotient) + "T" + clock_text(day.remainder) + fraction_text(second.remainder, per_second) +
         (zoned ? "Z" : "");
}

std::string time_of_day_text(std::int64_t value, std::int64_t per_second) {
  const Split second = floor_split(value, per_second);
  if (second.quotient < 0 || second.quotient >= kSecondsPerDay) return std::to_string(value);
  return clock_text(second.quotient) + fraction_text(second.remainder, per_second);
}

std::string hex_text(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string uuid_text(std::string_view bytes) {
  std::string out = hex_text(bytes);
  if (out.size() == 32) {
    for (const std::size_t at : {8U, 13U, 18U, 23U}) out.insert(at, 1, '-');
  }
  return out;
}

}  // namespace longwatch::reading
