// How constraints are written: a list of maps, each with a column (or several) and limits.

#include <limits>
#include <unordered_set>

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

constexpr double kMost = std::numeric_limits<double>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Result<void> read_column(const Field& field, ConstraintDraft& draft) {
  LW_TRY(draft.columns, field.texts());
  return {};
}

Result<void> read_range(const Field& field, ConstraintDraft& draft) {
  if (!field.is(NodeKind::list) || field.node().items.size() != 2) return field.wrong_type();
  Constraint limit{ConstraintKind::in_range, "", -kInfinity, kInfinity, {}};
  const Field lower = field.part(*field.node().items[0], "[0]");
  const Field upper = field.part(*field.node().items[1], "[1]");
  if (lower.is(NodeKind::null) && upper.is(NodeKind::null))
    return field.error("'" + field.path() + "' has no bound", "give one, or remove it");
  if (!lower.is(NodeKind::null)) {
    LW_TRY(limit.lower, lower.number(-kMost, kMost));
  }
  if (!upper.is(NodeKind::null)) {
    LW_TRY(limit.upper, upper.number(-kMost, kMost));
  }
  if (limit.lower > limit.upper)
    return field.error("the range begins at " + shortest(limit.lower) + " and ends below, at " + shortest(limit.upper),
                       "exchange them");
  draft.limits.push_back(std::move(limit));
  return {};
}

Result<void> read_not_null(const Field& field, ConstraintDraft& draft) {
  LW_CHECK(field.choice());
  draft.limits.push_back({ConstraintKind::not_null, "", 0, 0, {}});
  return {};
}

Result<void> read_set(const Field& field, ConstraintDraft& draft) {
  if (!field.is(NodeKind::list) || field.node().items.empty()) return field.wrong_type();
  Constraint limit{ConstraintKind::in_set, "", 0, 0, {}};
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < field.node().items.size(); ++i) {
    const Field item = field.part(*field.node().items[i], "[" + std::to_string(i) + "]");
    LW_TRY(std::string label, item.label());
    if (!seen.insert(label).second)
      return item.error("'" + label + "' stands twice in '" + field.path() + "'", "remove one");
    limit.values.push_back(std::move(label));
  }
  draft.limits.push_back(std::move(limit));
  return {};
}

Result<void> read_rate(const Field& field, ConstraintDraft& draft) {
  LW_TRY(const double rate, field.number(0, 1));
  draft.limits.push_back({ConstraintKind::max_null_rate, "", 0, rate, {}});
  return {};
}

Result<void> read_unique(const Field& field, ConstraintDraft& draft) {
  LW_CHECK(field.choice());
  draft.limits.push_back({ConstraintKind::unique, "", 0, 0, {}});
  return {};
}

}  // namespace

const std::vector<Key<ConstraintDraft>>& constraint_keys() {
  static const std::vector<Key<ConstraintDraft>> kKeys = {
      {{"column", "a column name or a list of them", "The columns it holds for.", "required", "[age, income]",
        R"({"$ref": "#/$defs/texts"})"},
       read_column},
      {{"in_range", "a list of two numbers, the lowest and the highest allowed; one may be null",
        "Present values lie within, bounds included.", "", "[0, 120]",
        R"({"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": ["number", "null"]}})"},
       read_range},
      {{"not_null", "true", "No value is missing.", "", "true", R"({"const": true})", {"true"}}, read_not_null},
      {{"in_set", "a list of values", "Present values are among these.", "", "[AA, UA, DL]",
        R"({"$ref": "#/$defs/list"})"},
       read_set},
      {{"max_null_rate", "a number from 0 to 1", "At most this share of a chunk's rows is missing.", "", "0.05",
        R"({"type": "number", "minimum": 0, "maximum": 1})"},
       read_rate},
      {{"unique",
        "true",
        "No value occurs twice in a period; missing ones may. Any column, also the `id`; read once more, exact.",
        "",
        "true",
        R"({"const": true})",
        {"true"}},
       read_unique},
  };
  return kKeys;
}

Result<void> read_constraints(const Field& field, ModelConfig& model) {
  if (!field.is(NodeKind::list) || field.node().items.empty()) return field.wrong_type();
  for (std::size_t i = 0; i < field.node().items.size(); ++i) {
    const Field entry = field.part(*field.node().items[i], "[" + std::to_string(i) + "]");
    if (!entry.is(NodeKind::map))
      return entry.error("'" + entry.path() + "' must be a map with a column and a limit",
                         "for example {column: age, in_range: [0, 120]}");
    // Entries and constraints differ in number, so the columns' places are found again under the constraints' own
    // index.
    std::map<std::string, Location> places;
    ConstraintDraft draft;
    LW_CHECK(read_map(entry.with_places(places), constraint_keys(), draft));
    if (draft.columns.empty()) return entry.error("'" + entry.path() + "' names no column", "add column: NAME");
    if (draft.limits.empty()) {
      return entry.error("'" + entry.path() + "' sets no limit",
                         "add in_range, not_null, in_set, max_null_rate or unique");
    }
    for (std::size_t c = 0; c < draft.columns.size(); ++c) {
      for (Constraint limit : draft.limits) {
        limit.column = draft.columns[c];
        const std::string index = "[" + std::to_string(model.constraints.size()) + "]";
        model.places[field.path() + index + ".column"] = places.at(entry.path() + ".column[" + std::to_string(c) + "]");
        model.constraints.push_back(std::move(limit));
      }
    }
  }
  return {};
}

}  // namespace longwatch
