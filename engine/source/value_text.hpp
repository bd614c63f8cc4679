#pragma once
// The category text of values: numbers, dates, times, bytes.

#include <cstdint>
#include <string>
#include <string_view>

namespace longwatch::reading {

/// Whole numbers below 2^53 in digits (100000, not 1e+05, so that an integer and a float column agree), others in their
/// shortest form that reads back to the same value; "nan", "inf", "-inf"; -0 is "0".
std::string number_text(double value);
/// The same for float: shortest form that reads back to the same float (0.1, not 0.10000000149011612).
std::string number_text(float value);

/// 2013-05-01; years beyond 0001 to 9999 carry a sign.
std::string date_text(std::int64_t days);

/// 2013-05-01T07:00:00[.123456[789]][Z] of `value` units since 1970-01-01, of which `per_second` make a second. The
/// fraction has 6 digits, or 9 where it is finer, and is left out where it is zero.
std::string timestamp_text(std::int64_t value, std::int64_t per_second, bool zoned);

/// 07:00:00[.123456[789]]; a value that is no time of day is written as a plain number.
std::string time_of_day_text(std::int64_t value, std::int64_t per_second);

/// Two lower-case hex digits a byte.
std::string hex_text(std::string_view bytes);

/// 16 bytes as 8-4-4-4-12 hex digits.
std::string uuid_text(std::string_view bytes);

}  // namespace longwatch::reading
