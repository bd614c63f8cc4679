// Reads ISO 8601 dates and date-times.
#include "engine/source/iso_time.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

// Reads text from the front; a failed read leaves `good` false for ever.
struct Cursor {
  std::string_view left;
  bool good = true;

  bool take(char expected) {
    if (left.empty() || left.front() != expected) return false;
    left.remove_prefix(1);
    return true;
  }
  void expect(char expected) { good = take(expected) && good; }

  int number(std::size_t digits) {
    if (left.size() < digits) {
      good = false;
      return 0;
    }
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (left[i] < '0' || left[i] > '9') good = false;
      value = value * 10 + (left[i] - '0');
    }
    left.remove_prefix(digits);
    return value;
  }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}

std::int64_t read_date(Cursor& in) {
  const int year = in.number(4);
  in.expect('-');
  const int month = in.number(2);
  in.expect('-');
  const int day = in.number(2);
  if (!in.good || year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
    in.good = false;
    return 0;
  }
  return days_from_civil(year, month, day);
}

// Up to nine digits after the point; those below a microsecond are cut off.
std::int64_t read_fraction(Cursor& in) {
  std::int64_t micros = 0;
  std::size_t digits = 0;
  for (; digits < 9 && !in.left.empty() && is_digit(in.left.front()); ++digits) {
    if (digits < 6) micros = micros * 10 + (in.left.front() - '0');
    in.left.remove_prefix(1);
  }
  if (digits == 0) in.good = false;
  for (; digits < 6; ++digits) micros *= 10;
  return micros;
}

std::int64_t read_clock(Cursor& in) {
  const int hour = in.number(2);
  in.expect(':');
  const int minute = in.number(2);
  int second = 0;
  std::int64_t fraction = 0;
  if (in.take(':')) {
    second = in.number(2);
    if (in.take('.')) fraction = read_fraction(in);
  }
  if (hour > 23 || minute > 59 || second > 59) in.good = false;
  return ((hour * 60LL + minute) * 60 + second) * kMicrosPerSecond + fraction;
}

// Microseconds east of UTC, or nothing where there is no offset.
std::optional<std::int64_t> read_offset(Cursor& in) {
  if (in.left.empty()) return std::nullopt;
  if (in.take('Z')) return 0;
  const bool west = in.left.front() == '-';
  if (!in.take('+') && !in.take('-')) in.good = false;
  const int hour = in.number(2);
  in.expect(':');
  const int minute = in.number(2);
  if (hour > 23 || minute > 59) in.good = false;
  const std::int64_t micros = (hour * 60LL + minute) * 60 * kMicrosPerSecond;
  return west ? -micros : micros;
}

}  // namespace

std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;  // years start in March, so that the leap day is the last
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

std::optional<ParsedTime> parse_iso_time(std::string_view text) {
  Cursor in{text};
  ParsedTime time;
  time.micros = read_date(in) * 86400 * kMicrosPerSecond;
  if (!in.good) return std::nullopt;
  if (in.left.empty()) return time;
  if (!in.take('T')) in.expect(' ');
  time.micros += read_clock(in);
  if (const auto offset = read_offset(in)) {
    time.zoned = true;
    time.micros -= *offset;
  }
  if (!in.good || !in.left.empty()) return std::nullopt;
  return time;
}

}  // namespace longwatch
