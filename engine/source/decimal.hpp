#pragma once
// Decimals as the nearest double and as text.

#include <cstdint>
#include <string>

namespace longwatch::reading {

/// `unscaled` * 10^-scale, correctly rounded.
double decimal_number(std::int64_t unscaled, int scale);

/// The same for a big-endian two's complement integer of 1 to 32 bytes; an empty one is 0. Throws Corrupt beyond 32
/// bytes.
double decimal_number(const std::uint8_t* bytes, std::int64_t length, int scale);

/// Exact decimal text without trailing zeros after the point: 12.5 for 12.50, 100 for 100.00.
std::string decimal_text(std::int64_t unscaled, int scale);
std::string decimal_text(const std::uint8_t* bytes, std::int64_t length, int scale);

}  // namespace longwatch::reading
