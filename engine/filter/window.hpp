#pragma once
// A range of time, as a user types it: from (inclusive) and to (exclusive).

#include <optional>
#include <string>

#include "engine/base/result.hpp"
#include "engine/chunk/time.hpp"

namespace longwatch {

struct TimeWindow {
  std::string from_text, to_text;  ///< as typed; empty: no limit on that side
  std::optional<ParsedTime> from, to;

  [[nodiscard]] bool limited() const { return from.has_value() || to.has_value(); }
  /// "from 2024-01-01 to before 2024-02-01", or the half of it that is set.
  [[nodiscard]] std::string text() const;
};

/// A window in UTC.
struct UtcWindow {
  std::int64_t from = INT64_MIN;
  std::int64_t to = INT64_MAX;
};

/// Reads ISO 8601 dates or date-times; empty texts are no limit. A usage error where a text is no time, or where both
/// are of one kind (with or without an offset) and `from` is not before `to`.
Result<TimeWindow> parse_window(const std::string& from, const std::string& to);

/// Places times without an offset in `zone`. A usage error where `from` is then not before `to`.
Result<UtcWindow> place_window(const TimeWindow& window, const TimeZone& zone);

}  // namespace longwatch
