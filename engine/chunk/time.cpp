// Calendar periods and instants as text.
#include "engine/chunk/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/chunk/civil.hpp"

namespace longwatch {
namespace {

// 64 bits of microseconds end 292,278 years from 1970; units beyond this many years need not be told apart.
constexpr std::int64_t kFarYears = 300000;

constexpr std::int64_t units_per_year(PeriodUnit unit) {
  switch (unit) {
    case PeriodUnit::hour:
      return 24 * 366;
    case PeriodUnit::day:
      return 366;
    case PeriodUnit::week:
      return 53;
    case PeriodUnit::month:
      return 12;
    case PeriodUnit::quarter:
      return 4;
    case PeriodUnit::year:
      return 1;
  }
  return 1;
}

// The single unit (hours, days, ... since 1970) that holds a local time.
std::int64_t unit_of(std::int64_t local, PeriodUnit unit) {
  if (unit == PeriodUnit::hour) return floor_divide(local, kMicrosPerHour);
  const std::int64_t days = floor_divide(local, kMicrosPerDay);
  if (unit == PeriodUnit::day) return days;
  if (unit == PeriodUnit::week) return floor_divide(days + 3, 7);
  const Civil date = civil_from_days(days);
  if (unit == PeriodUnit::year) return date.year - 1970;
  const std::int64_t months = (date.year - 1970) * 12 + date.month - 1;
  return unit == PeriodUnit::month ? months : floor_divide(months, 3);
}

std::int64_t first_unit(std::int64_t period, PeriodUnit unit, std::int64_t count) {
  const int128 far = kFarYears * units_per_year(unit);
  return static_cast<std::int64_t>(std::clamp<int128>(static_cast<int128>(period) * count, -far, far));
}

// The first day of a unit of days or longer.
std::int64_t first_day(std::int64_t at, PeriodUnit unit) {
  switch (unit) {
    case PeriodUnit::hour:
      return floor_divide(at, 24);
    case PeriodUnit::day:
      return at;
    case PeriodUnit::week:
      return at * 7 - 3;
    case PeriodUnit::quarter:
      return first_day(at * 3, PeriodUnit::month);
    case PeriodUnit::year:
      return days_from_civil({1970 + at, 1, 1});
    case PeriodUnit::month:
      break;
  }
  const std::int64_t years = floor_divide(at, 12);
  return days_from_civil({1970 + years, static_cast<int>(at - years * 12) + 1, 1});
}

std::string year_text(std::int64_t year) {
  return year < 0 ? fmt::format("-{:04}", -year) : fmt::format("{:04}", year);
}

std::string date_text(std::int64_t day) {
  const Civil date = civil_from_days(day);
  return fmt::format("{}-{:02}-{:02}", year_text(date.year), date.month, date.day);
}

}  // namespace

std::int64_t period_of(std::int64_t local, PeriodUnit unit, std::int64_t count) {
  return floor_divide(unit_of(local, unit), count);
}

std::int64_t period_start(std::int64_t period, PeriodUnit unit, std::int64_t count) {
  const std::int64_t at = first_unit(period, unit, count);
  const int128 micros = unit == PeriodUnit::hour ? static_cast<int128>(at) * kMicrosPerHour
                                                 : static_cast<int128>(first_day(at, unit)) * kMicrosPerDay;
  using Limits = std::numeric_limits<std::int64_t>;
  return static_cast<std::int64_t>(std::clamp<int128>(micros, Limits::min(), Limits::max()));
}

std::string period_key(std::int64_t period, PeriodUnit unit, std::int64_t count) {
  const std::int64_t at = first_unit(period, unit, count);
  const std::int64_t day = first_day(at, unit);
  const Civil date = civil_from_days(day);
  switch (unit) {
    case PeriodUnit::hour:
      return fmt::format("{} {:02}:00", date_text(day), at - day * 24);
    case PeriodUnit::day:
      return date_text(day);
    case PeriodUnit::week:
      return fmt::format("{}/{}", date_text(day), date_text(day + 6));
    case PeriodUnit::month:
      return fmt::format("{}-{:02}", year_text(date.year), date.month);
    case PeriodUnit::quarter:
      return fmt::format("{}Q{}", year_text(date.year), (date.month + 2) / 3);
    case PeriodUnit::year:
      break;
  }
  return year_text(date.year);
}

std::string format_utc(std::int64_t micros) {
  const std::int64_t day = floor_divide(micros, kMicrosPerDay);
  const std::int64_t within = micros - day * kMicrosPerDay;
  const std::int64_t seconds = within / kMicrosPerSecond;
  const std::int64_t fraction = within % kMicrosPerSecond;
  return fmt::format("{}T{:02}:{:02}:{:02}{}Z", date_text(day), seconds / 3600, seconds / 60 % 60, seconds % 60,
                     fraction == 0 ? "" : fmt::format(".{:06}", fraction));
}

}  // namespace longwatch
