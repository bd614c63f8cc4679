// Reads TZif bytes. They come from outside, so every read is checked.
#include "engine/chunk/tzif.hpp"

#include <algorithm>
#include <array>

#include "engine/chunk/civil.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kHeaderBytes = 44;

struct Header {
  char version = 0;
  // In the file's order.
  std::int64_t ut_flags = 0, standard_flags = 0, leaps = 0, changes = 0, types = 0, letters = 0;

  [[nodiscard]] std::size_t body_bytes(std::int64_t time_bytes) const {
    return static_cast<std::size_t>(changes * (time_bytes + 1) + types * 6 + letters + leaps * (time_bytes + 4) +
                                    standard_flags + ut_flags);
  }
};

Error malformed(std::string what) {
  return {ErrorCode::data, "not a valid time zone file: " + std::move(what), {}, ""};
}

// A big-endian two's complement integer of `bytes` bytes.
std::int64_t integer(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint64_t value = (static_cast<unsigned char>(text[at]) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | static_cast<unsigned char>(text[at + i]);
  return static_cast<std::int64_t>(value);
}

Result<Header> read_header(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || bytes.substr(0, 4) != "TZif") return malformed("it does not begin as one");
  Header header;
  header.version = bytes[4];
  const std::array<std::int64_t*, 6> fields = {&header.ut_flags, &header.standard_flags, &header.leaps,
                                               &header.changes,  &header.types,          &header.letters};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    *fields[i] = integer(bytes, 20 + 4 * i, 4);
    if (*fields[i] < 0 || *fields[i] > 1000000) return malformed("a count is out of range");
  }
  return header;
}

Result<ZoneTable> read_body(std::string_view body, const Header& header, std::size_t time_bytes) {
  if (header.types < 1 || header.types > 256) return malformed("it has no local time types");
  if (header.leaps > 0) return malformed("it counts leap seconds, which timestamps do not");
  const auto changes = static_cast<std::size_t>(header.changes);
  const auto types = static_cast<std::size_t>(header.types);
  const std::size_t types_at = changes * (time_bytes + 1);
  std::vector<std::int64_t> offsets;
  for (std::size_t i = 0; i < types; ++i) {
    offsets.push_back(integer(body, types_at + 6 * i, 4));
    if (offsets.back() < -26 * 3600 || offsets.back() > 26 * 3600) return malformed("an offset is out of range");
  }
  ZoneTable table;
  table.first_offset = offsets.front();
  for (std::size_t i = 0; i < changes; ++i) {
    const std::int64_t utc = integer(body, i * time_bytes, time_bytes);
    const auto type = static_cast<unsigned char>(body[changes * time_bytes + i]);
    if (type >= types) return malformed("a change names a type that is not there");
    if (!table.changes.empty() && utc <= table.changes.back().utc) return malformed("its changes are out of order");
    table.changes.push_back({utc, offsets[type]});
  }
  return table;
}

// Continues the table by the rule in the footer, which stands between two line feeds.
Result<void> extend(ZoneTable& table, std::string_view footer) {
  const std::size_t end = footer.size() < 2 ? std::string_view::npos : footer.find('\n', 1);
  if (end == std::string_view::npos || footer.front() != '\n') return malformed("its footer is cut off");
  const std::string_view text = footer.substr(1, end - 1);
  if (text.empty()) return {};
  constexpr std::int64_t kFirstYear = 1900;
  std::int64_t from_year = kFirstYear;
  if (!table.changes.empty()) {
    from_year = civil_from_days(floor_divide(table.changes.back().utc, kSecondsPerDay)).year;
    from_year = std::clamp(from_year, kFirstYear, kLastZoneYear);
  }
  const auto later = posix_changes(text, from_year, kLastZoneYear);
  if (!later) return malformed("its footer is no rule");
  const bool empty = table.changes.empty();
  const std::int64_t last = empty ? 0 : table.changes.back().utc;
  for (const ZoneChange& change : *later) {
    if (empty || change.utc > last) table.changes.push_back(change);
  }
  return {};
}

}  // namespace

Result<ZoneTable> parse_tzif(std::string_view bytes) {
  LW_TRY(Header header, read_header(bytes));
  bytes.remove_prefix(kHeaderBytes);
  std::size_t time_bytes = 4;
  if (bytes.size() < header.body_bytes(4)) return malformed("it is cut off");
  if (header.version != 0) {  // a second header and body follow, with 64-bit times
    time_bytes = 8;
    bytes.remove_prefix(header.body_bytes(4));
    LW_TRY(header, read_header(bytes));
    bytes.remove_prefix(kHeaderBytes);
    if (bytes.size() < header.body_bytes(8)) return malformed("it is cut off");
  }
  LW_TRY(ZoneTable table, read_body(bytes, header, time_bytes));
  if (time_bytes == 8) LW_CHECK(extend(table, bytes.substr(header.body_bytes(8))));
  return table;
}

}  // namespace longwatch
