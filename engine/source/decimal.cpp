// Decimals as the nearest double and as text.
#include "engine/source/decimal.hpp"

#include <charconv>
#include <string_view>

#include <arrow/util/decimal.h>

#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int kLargestExactPower = 22;
constexpr std::int64_t kLargestExactInteger = std::int64_t{1} << 53;

double read_scientific(const std::string& digits, int scale) {
  const std::string text = digits + "e" + std::to_string(-scale);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Big-endian bytes as int64, where they fit.
bool fits_int64(const std::uint8_t* bytes, std::int64_t length, std::int64_t& value) {
  const std::uint8_t sign = length > 0 && (bytes[0] & 0x80) != 0 ? 0xFF : 0x00;
  std::int64_t skip = 0;
  for (; length - skip > 8; ++skip) {
    if (bytes[skip] != sign) return false;
  }
  if (skip > 0 && (bytes[skip] & 0x80) != (sign & 0x80)) return false;
  auto bits = sign != 0 ? ~std::uint64_t{0} : std::uint64_t{0};
  for (std::int64_t i = skip; i < length; ++i) bits = (bits << 8U) | bytes[i];
  value = static_cast<std::int64_t>(bits);
  return true;
}

std::string wide_digits(const std::uint8_t* bytes, std::int64_t length) {
  const auto decimal = length <= 32 ? arrow::Decimal256::FromBigEndian(bytes, static_cast<std::int32_t>(length))
                                    : arrow::Result<arrow::Decimal256>(arrow::Status::Invalid("too long"));
  if (!decimal.ok()) throw Corrupt("a decimal of " + std::to_string(length) + " bytes is too wide");
  return decimal->ToIntegerString();
}

std::string place_point(std::string digits, int scale) {
  if (scale <= 0) return digits == "0" ? digits : digits.append(static_cast<std::size_t>(-scale), '0');
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  digits.insert(digits.size() - places, 1, '.');
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return negative ? "-" + digits : digits;
}

}  // namespace

double decimal_number(std::int64_t unscaled, int scale) {
  // Both operands are exact, so the one division rounds correctly.
  const bool exact = unscaled <= kLargestExactInteger && unscaled >= -kLargestExactInteger && scale >= 0;
  if (exact && scale <= kLargestExactPower) return static_cast<double>(unscaled) / kPowers[scale];
  return read_scientific(std::to_string(unscaled), scale);
}

double decimal_number(const std::uint8_t* bytes, std::int64_t length, int scale) {
  std::int64_t small = 0;
  if (fits_int64(bytes, length, small)) return decimal_number(small, scale);
  return read_scientific(wide_digits(bytes, length), scale);
}

std::string decimal_text(std::int64_t unscaled, int scale) { return place_point(std::to_string(unscaled), scale); }

std::string decimal_text(const std::uint8_t* bytes, std::int64_t length, int scale) {
  std::int64_t small = 0;
  if (fits_int64(bytes, length, small)) return decimal_text(small, scale);
  return place_point(wide_digits(bytes, length), scale);
}

}  // namespace longwatch::reading
