// The POSIX TZ rule in the footer of a zone file: when summer time begins and ends, for ever.
#include <algorithm>
#include <cstdlib>

#include "engine/chunk/civil.hpp"
#include "engine/chunk/tzif.hpp"

namespace longwatch {
namespace {

enum class DayKind { julian_no_leap, zero_based, month_week_day };

// A moment of every year, in local time before the change.
struct Moment {
  DayKind kind = DayKind::zero_based;
  std::int64_t day = 0;  // of the year; or the weekday (0 is Sunday) for month_week_day
  std::int64_t month = 1;
  std::int64_t week = 1;  // 5: the last
  std::int64_t seconds = 2 * 3600;
};

struct Rule {
  std::int64_t standard = 0;  // offsets east of UTC, seconds
  std::int64_t summer = 0;
  bool has_summer = false;
  Moment begin;
  Moment end;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Rule> rule() {
    Rule out;
    if (!name() || !offset(24, out.standard)) return std::nullopt;
    out.standard = -out.standard;  // POSIX counts west of Greenwich
    if (text_.empty()) return out;
    out.has_summer = true;
    out.summer = out.standard + 3600;
    if (!name()) return std::nullopt;
    if (!text_.empty() && text_.front() != ',') {
      if (!offset(24, out.summer)) return std::nullopt;
      out.summer = -out.summer;
    }
    if (!moment(out.begin) || !moment(out.end) || !text_.empty()) return std::nullopt;
    return out;
  }

 private:
  bool take(char expected) {
    if (text_.empty() || text_.front() != expected) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool number(std::int64_t low, std::int64_t high, std::int64_t& out) {
    std::size_t digits = 0;
    out = 0;
    while (digits < text_.size() && digits < 4 && text_[digits] >= '0' && text_[digits] <= '9') {
      out = out * 10 + (text_[digits++] - '0');
    }
    text_.remove_prefix(digits);
    return digits > 0 && out >= low && out <= high;
  }

  bool name() {
    const bool quoted = take('<');
    std::size_t length = 0;
    const auto letter = [&](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
             (quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
    };
    while (length < text_.size() && letter(text_[length])) ++length;
    text_.remove_prefix(length);
    return length >= 3 && (!quoted || take('>'));
  }

  // [+-]hh[:mm[:ss]], in seconds.
  bool offset(std::int64_t max_hours, std::int64_t& seconds) {
    const bool negative = take('-');
    if (!negative) take('+');
    std::int64_t part = 0;
    if (!number(0, max_hours, seconds)) return false;
    seconds *= 3600;
    if (take(':')) {
      if (!number(0, 59, part)) return false;
      seconds += part * 60;
      if (take(':')) {
        if (!number(0, 59, part)) return false;
        seconds += part;
      }
    }
    if (negative) seconds = -seconds;
    return true;
  }

  // ,date[/time] with date = Jn, n or Mm.w.d
  bool moment(Moment& out) {
    if (!take(',')) return false;
    if (take('M')) {
      out.kind = DayKind::month_week_day;
      if (!number(1, 12, out.month) || !take('.') || !number(1, 5, out.week) || !take('.') || !number(0, 6, out.day)) {
        return false;
      }
    } else if (take('J')) {
      out.kind = DayKind::julian_no_leap;
      if (!number(1, 365, out.day)) return false;
    } else if (!number(0, 365, out.day)) {
      return false;
    }
    return !take('/') || offset(167, out.seconds);
  }

  std::string_view text_;
};

std::int64_t day_of(const Moment& moment, std::int64_t year) {
  const std::int64_t new_year = days_from_civil({year, 1, 1});
  if (moment.kind == DayKind::zero_based) return new_year + moment.day;
  if (moment.kind == DayKind::julian_no_leap) {
    return new_year + moment.day - 1 + (leap_year(year) && moment.day >= 60 ? 1 : 0);
  }
  const int month = static_cast<int>(moment.month);
  const std::int64_t first = days_from_civil({year, month, 1});
  const std::int64_t next = month == 12 ? days_from_civil({year + 1, 1, 1}) : days_from_civil({year, month + 1, 1});
  const std::int64_t weekday = first + 4 - 7 * floor_divide(first + 4, 7);  // 1970-01-01 was a Thursday
  std::int64_t day = first + (moment.day - weekday + 7) % 7 + 7 * (moment.week - 1);
  while (day >= next) day -= 7;
  return day;
}

std::int64_t instant_of(const Moment& moment, std::int64_t year, std::int64_t offset) {
  return day_of(moment, year) * kSecondsPerDay + moment.seconds - offset;
}

}  // namespace

std::optional<std::vector<ZoneChange>> posix_changes(std::string_view text, std::int64_t first_year,
                                                     std::int64_t last_year) {
  const std::optional<Rule> rule = Parser(text).rule();
  if (!rule) return std::nullopt;
  std::vector<ZoneChange> out;
  if (!rule->has_summer) return out;
  for (std::int64_t year = first_year; year <= last_year; ++year) {
    out.push_back({instant_of(rule->begin, year, rule->standard), rule->summer});
    out.push_back({instant_of(rule->end, year, rule->summer), rule->standard});
  }
  // South of the equator a year's end of summer time precedes its begin. Stable: where summer time lasts all year, it
  // ends as the next one begins, and the begin must hold.
  std::stable_sort(out.begin(), out.end(), [](const ZoneChange& a, const ZoneChange& b) { return a.utc < b.utc; });
  return out;
}

}  // namespace longwatch
