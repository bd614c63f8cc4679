#pragma once
// Reads ISO 8601 dates and date-times.

#include <cstdint>
#include <optional>
#include <string_view>

namespace longwatch {

/// A time read from text. Microseconds since 1970-01-01: UTC where the text carried an offset, else local time.
struct ParsedTime {
  std::int64_t micros = 0;
  bool zoned = false;  ///< the text carried Z or an offset
};

/// Reads "2013-05-01" or "2013-05-01T07:00[:00[.123456789]][Z|+02:00]" (a blank may stand for T). Strict: proleptic
/// Gregorian, years 0001 to 9999, existing days, hours to 23, minutes and seconds to 59, offsets below 24 hours, one to
/// nine digits of fraction (cut off after microseconds), nothing before or after. Empty where the text is no such time.
std::optional<ParsedTime> parse_iso_time(std::string_view text);

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date
/// algorithms"). `month` 1 to 12, `day` 1 to 31; any year of magnitude below 2^31.
std::int64_t days_from_civil(std::int64_t year, int month, int day);

}  // namespace longwatch
