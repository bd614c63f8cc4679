// Widths after the East Asian Width property (Unicode TR 11), in the few ranges that matter.
#include "engine/output/text_width.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "engine/base/text.hpp"

namespace longwatch {
namespace {

struct Range {
  std::uint32_t first, last;
};
constexpr Range kZero[] = {{0x300, 0x36F},    {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},   {0x64B, 0x65F},
                           {0x900, 0x902},    {0x93C, 0x93C},   {0x941, 0x948},   {0x94D, 0x94D},   {0xE31, 0xE31},
                           {0xE34, 0xE3A},    {0xE47, 0xE4E},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D},
                           {0x2060, 0x2060},  {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF},
                           {0xE0100, 0xE01EF}};
constexpr Range kWide[] = {{0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},  {0x2614, 0x2615},
                           {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},  {0x4E00, 0x9FFF},
                           {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},
                           {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F},
                           {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <std::size_t N>
bool in(const Range (&ranges)[N], std::uint32_t point) {
  for (const Range& range : ranges) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

// The code point at `at` of valid UTF-8; moves `at` behind it.
std::uint32_t next_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<std::uint8_t>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  std::uint32_t point = lead & (0x3FU >> more);
  for (int i = 0; i < more && at < text.size(); ++i)
    point = point << 6 | (static_cast<std::uint8_t>(text[at++]) & 0x3FU);
  return point;
}

int point_width(std::uint32_t point) { return in(kZero, point) ? 0 : in(kWide, point) ? 2 : 1; }

bool unsafe(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) width += point_width(next_point(text, at));
  return width;
}

std::string printable(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string out;
  for (std::size_t at = 0; at < valid.size();) {
    const std::size_t begin = at;
    const std::uint32_t point = next_point(valid, at);
    if (!unsafe(point)) {
      out.append(valid, begin, at - begin);
    } else if (point == '\n' || point == '\t') {
      out += point == '\n' ? "\\n" : "\\t";
    } else {
      char escape[16];
      std::snprintf(escape, sizeof escape, "\\u{%x}", point);
      out += escape;
    }
  }
  return out;
}

std::string cut_to_width(const std::string& text, int width) {
  if (display_width(text) <= width) return text;
  std::size_t end = 0;
  int used = 1;  // the ellipsis
  for (std::size_t at = 0; at < text.size(); end = at) {
    used += point_width(next_point(text, at));
    if (used > width) break;
  }
  return width < 1 ? std::string() : text.substr(0, end) + "…";
}

std::string short_number(double value) {
  if (!std::isfinite(value)) return shortest(value);
  if (value == 0) return "0";
  char buffer[64];
  const double size = std::fabs(value);
  const auto text = [&](std::chars_format format, int digits) {
    return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, format, digits).ptr);
  };
  if (size >= 1e15) return text(std::chars_format::scientific, 3);
  if (size >= 1000 || value == std::trunc(value)) return text(std::chars_format::fixed, 0);
  if (size < 1e-4) return text(std::chars_format::scientific, 3);
  std::string fixed = text(std::chars_format::fixed, 3 - static_cast<int>(std::floor(std::log10(size))));
  if (fixed.find('.') == std::string::npos) return fixed;
  fixed.erase(fixed.find_last_not_of('0') + 1);
  if (fixed.back() == '.') fixed.pop_back();
  return fixed;
}

}  // namespace longwatch
