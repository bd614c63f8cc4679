// How chunks are written: 1w, {size: 50000}, {number: 20}, {period: 1w, time_zone: Europe/Berlin}.

#include <cctype>

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kMaxPeriods = 100'000;  // 11 years of hours; keeps calendar arithmetic far from overflow

Result<PeriodUnit> unit_of(const Field& field, char letter) {
  switch (letter) {
    case 'h':
    case 'H':
      return PeriodUnit::hour;
    case 'd':
    case 'D':
      return PeriodUnit::day;
    case 'w':
    case 'W':
      return PeriodUnit::week;
    case 'M':
      return PeriodUnit::month;
    case 'q':
    case 'Q':
      return PeriodUnit::quarter;
    case 'y':
    case 'Y':
      return PeriodUnit::year;
    default:
      break;
  }
  if (letter == 'm')
    return field.error("'" + field.node().text + "' is ambiguous: minutes or months?",
                       "M is a month; the shortest period is 1h");
  return field.wrong_type();
}

Result<void> read_period(const Field& field, ChunkDraft& draft) {
  LW_TRY(const std::string text, field.text());
  double number = 0;
  if (!field.node().quoted && parse_number(text, number)) {
    return field.error("'" + text + "' does not say what it counts", "write {size: " + text + "} for rows, {number: " +
                                                                         text + "} for chunks, or a period such as 1w");
  }
  const std::string digits = text.substr(0, text.size() - 1);
  if (digits.size() > 6) return field.wrong_type();
  std::int64_t count = digits.empty() ? 1 : 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return field.wrong_type();
    count = count * 10 + (c - '0');
  }
  LW_TRY(draft.rule.unit, unit_of(field, text.back()));
  if (count < 1 || count > kMaxPeriods)
    return field.error("the period '" + text + "' must be from 1 to 100000 units long");
  draft.rule.kind = ChunkKind::period;
  draft.rule.count = count;
  ++draft.kinds;
  return {};
}

Result<void> read_size(const Field& field, ChunkDraft& draft) {
  draft.rule.kind = ChunkKind::size;
  LW_TRY(draft.rule.count, field.integer(1, std::int64_t{1} << 53U));
  ++draft.kinds;
  return {};
}

Result<void> read_count(const Field& field, ChunkDraft& draft) {
  draft.rule.kind = ChunkKind::number;
  LW_TRY(draft.rule.count, field.integer(1, 1'000'000));
  ++draft.kinds;
  return {};
}

Result<void> read_zone(const Field& field, ChunkDraft& draft) {
  LW_TRY(draft.rule.time_zone, field.text());
  draft.zoned = true;
  return {};
}

Result<void> read_incomplete(const Field& field, ChunkDraft& draft) {
  static constexpr Incomplete kChoices[] = {Incomplete::keep, Incomplete::append, Incomplete::drop};
  LW_TRY(const std::size_t choice, field.choice());
  draft.rule.incomplete = kChoices[choice];
  draft.incomplete = true;
  return {};
}

Result<ChunkRule> read_rule(const Field& field) {
  ChunkDraft draft;
  if (!field.is(NodeKind::map)) {
    LW_CHECK(read_period(field, draft));
    return draft.rule;
  }
  LW_CHECK(read_map(field, chunk_keys(), draft));
  if (draft.kinds != 1) {
    return field.error("'" + field.path() + "' needs exactly one of size, number and period",
                       "for example " + field.path() + ": {size: 50000}");
  }
  if (draft.zoned && draft.rule.kind != ChunkKind::period)
    return field.error("'time_zone' belongs to chunks by period", "remove it");
  if (draft.incomplete && draft.rule.kind == ChunkKind::period) {
    return field.error("'incomplete' belongs to chunks by size or number; a calendar period is never cut short",
                       "remove it");
  }
  return draft.rule;
}

}  // namespace

const std::vector<Key<ChunkDraft>>& chunk_keys() {
  static const std::vector<Key<ChunkDraft>> kKeys = {
      {{"size", "a whole number of at least 1", "Rows of a chunk.", "", "50000",
        R"({"type": "integer", "minimum": 1})"},
       read_size},
      {{"number", "a whole number from 1 to 1000000", "Number of chunks of (nearly) equal size.", "", "20",
        R"({"type": "integer", "minimum": 1, "maximum": 1000000})"},
       read_count},
      {{"period", "a number and a unit: h, d, w, M (month), q or y",
        "A calendar period; weeks begin on Monday. Needs `timestamp`.", "", "1w",
        R"({"type": "string", "pattern": "^[0-9]{0,6}([hHdDwWMqQyY])$"})"},
       read_period},
      {{"time_zone", "an IANA time zone", "With `period`: the zone whose midnight begins a period.", "UTC",
        "Europe/Berlin", R"({"type": "string", "minLength": 1})"},
       read_zone},
      {{"incomplete",
        "keep, append or drop",
        "With `size` or `number`: the rows that are left over are kept as a chunk, joined to the last one, or left "
        "out.",
        "keep",
        "append",
        R"({"enum": ["keep", "append", "drop"]})",
        {"keep", "append", "drop"}},
       read_incomplete},
  };
  return kKeys;
}

Result<void> read_chunk(const Field& field, ModelConfig& model) {
  LW_TRY(model.chunk, read_rule(field));
  return {};
}

Result<void> read_reference_chunk(const Field& field, ModelConfig& model) {
  LW_TRY(model.reference_chunk, read_rule(field));
  return {};
}

}  // namespace longwatch
