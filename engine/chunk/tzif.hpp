#pragma once
// The time zone files of the system (TZif, RFC 9636) and the rule in their footer (POSIX TZ), as plain lists of
// changes.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace longwatch {

/// From the instant `utc` on (seconds since 1970-01-01), local time is UTC + `offset` seconds.
struct ZoneChange {
  std::int64_t utc = 0;
  std::int64_t offset = 0;
  bool operator==(const ZoneChange&) const = default;
};

/// A zone's whole history. Changes are in increasing order of time.
struct ZoneTable {
  std::int64_t first_offset = 0;  ///< before the first change
  std::vector<ZoneChange> changes;
};

/// The last year for which a footer's rule is written out; later instants keep the offset that it ends with.
inline constexpr std::int64_t kLastZoneYear = 2200;

/// Reads a TZif file, versions 1 to 4. Every length is checked against the bytes that are there; anything malformed,
/// and files that count leap seconds, are errors that say what is wrong.
Result<ZoneTable> parse_tzif(std::string_view bytes);

/// The changes of a POSIX TZ text such as "CET-1CEST,M3.5.0,M10.5.0/3" in the years [first_year, last_year], empty
/// where it has no summer time; nothing where the text is malformed.
std::optional<std::vector<ZoneChange>> posix_changes(std::string_view text, std::int64_t first_year,
                                                     std::int64_t last_year);

}  // namespace longwatch
