// Reads the range of time of an analysis.
#include "engine/filter/window.hpp"

namespace longwatch {
namespace {

Result<std::optional<ParsedTime>> parse(const std::string& option, const std::string& text) {
  if (text.empty()) return std::optional<ParsedTime>();
  const auto time = parse_iso_time(text);
  if (time) return time;
  return Error{ErrorCode::usage,
               option + " '" + text + "' is no ISO 8601 date or date-time",
               {},
               "for example 2024-03-01 or 2024-03-01T08:00:00Z"};
}

Error empty_window(const TimeWindow& window) {
  return {ErrorCode::usage,
          "--from " + window.from_text + " is not before --to " + window.to_text,
          {},
          "rows with from <= timestamp < to are analysed"};
}

}  // namespace

std::string TimeWindow::text() const {
  std::string out = from ? "from " + from_text : "";
  if (to) out += (out.empty() ? "before " : " to before ") + to_text;
  return out;
}

Result<TimeWindow> parse_window(const std::string& from, const std::string& to) {
  TimeWindow out{from, to, {}, {}};
  LW_TRY(out.from, parse("--from", from));
  LW_TRY(out.to, parse("--to", to));
  if (out.from && out.to && out.from->zoned == out.to->zoned && out.from->micros >= out.to->micros)
    return empty_window(out);
  return out;
}

Result<UtcWindow> place_window(const TimeWindow& window, const TimeZone& zone) {
  const auto place = [&](const ParsedTime& time) { return time.zoned ? time.micros : zone.to_utc(time.micros); };
  UtcWindow out;
  if (window.from) out.from = place(*window.from);
  if (window.to) out.to = place(*window.to);
  if (out.from >= out.to) return empty_window(window);
  return out;
}

}  // namespace longwatch
