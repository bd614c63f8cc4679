// How the row filter is written: a list of maps, each with a column and conditions.

#include <unordered_set>

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

const char* const kValue = R"({"$ref": "#/$defs/value"})";
const char* const kValues =
    R"({"type": "array", "minItems": 1, "uniqueItems": true, "items": {"$ref": "#/$defs/value"}})";

Result<void> read_column(const Field& field, FilterDraft& draft) {
  LW_TRY(draft.column, field.text());
  return {};
}

// A scalar; only in quotes may it be empty.
Result<FilterValue> read_value(const Field& field) {
  if (!field.is(NodeKind::scalar) || (field.node().text.empty() && !field.node().quoted)) return field.wrong_type();
  return FilterValue{field.node().text, field.node().quoted};
}

template <FilterOperator op>
Result<void> read_one(const Field& field, FilterDraft& draft) {
  LW_TRY(FilterValue value, read_value(field));
  draft.conditions.push_back({"", op, {std::move(value)}, ""});
  return {};
}

template <FilterOperator op>
Result<void> read_several(const Field& field, FilterDraft& draft) {
  if (!field.is(NodeKind::list) || field.node().items.empty()) return field.wrong_type();
  FilterCondition condition{"", op, {}, ""};
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < field.node().items.size(); ++i) {
    const Field item = field.part(*field.node().items[i], "[" + std::to_string(i) + "]");
    LW_TRY(FilterValue value, read_value(item));
    if (!seen.insert(value.text).second)
      return item.error("'" + value.text + "' stands twice in '" + field.path() + "'", "remove one");
    item.mark();
    condition.values.push_back(std::move(value));
  }
  draft.conditions.push_back(std::move(condition));
  return {};
}

Result<void> read_missing(const Field& field, FilterDraft& draft) {
  LW_TRY(const std::size_t choice, field.choice());
  draft.conditions.push_back({"", choice == 0 ? FilterOperator::missing : FilterOperator::not_missing, {}, ""});
  return {};
}

template <FilterOperator op>
Key<FilterDraft> compare(const char* summary, const char* example) {
  return {{filter_operator_name(op), "a number, a text, a time or true or false", summary, "", example, kValue},
          read_one<op>};
}

}  // namespace

const char* filter_operator_name(FilterOperator op) {
  static constexpr const char* kNames[] = {"equals",   "not_equals", "less_than", "at_most", "greater_than",
                                           "at_least", "in",         "not_in",    "missing", "not_missing"};
  return kNames[static_cast<int>(op)];
}

const std::vector<Key<FilterDraft>>& filter_keys() {
  static const std::vector<Key<FilterDraft>> kKeys = {
      {{"column", "a column name", "The column it holds for; it may have any role, or none.", "required", "country",
        R"({"$ref": "#/$defs/text"})"},
       read_column},
      compare<FilterOperator::equals>("The value is this one.", "US"),
      compare<FilterOperator::not_equals>("The value is another one.", "\"test account\""),
      compare<FilterOperator::less_than>("The value lies below.", "100"),
      compare<FilterOperator::at_most>("The value lies below, or is this one.", "99.5"),
      compare<FilterOperator::greater_than>("The value lies above.", "0"),
      compare<FilterOperator::at_least>("The value lies above, or is this one.", "2024-03-01"),
      {{"in", "a list of values", "The value is one of these.", "", "[a, b]", kValues},
       read_several<FilterOperator::in>},
      {{"not_in", "a list of values", "The value is none of these.", "", "[c, d]", kValues},
       read_several<FilterOperator::not_in>},
      {{"missing",
        "true or false",
        "There is no value (true), or there is one (false).",
        "",
        "false",
        R"({"type": "boolean"})",
        {"true", "false"}},
       read_missing},
  };
  return kKeys;
}

Result<void> read_filter(const Field& field, ModelConfig& model) {
  if (!field.is(NodeKind::list) || field.node().items.empty()) return field.wrong_type();
  for (std::size_t i = 0; i < field.node().items.size(); ++i) {
    const Field entry = field.part(*field.node().items[i], "[" + std::to_string(i) + "]");
    if (!entry.is(NodeKind::map))
      return entry.error("'" + entry.path() + "' must be a map with a column and a condition",
                         "for example {column: country, equals: US}");
    FilterDraft draft;
    LW_CHECK(read_map(entry, filter_keys(), draft));
    if (draft.column.empty()) return entry.error("'" + entry.path() + "' names no column", "add column: NAME");
    if (draft.conditions.empty())
      return entry.error("'" + entry.path() + "' sets no condition",
                         "add equals, at_least, in, missing or another; docs/configuration.md has them all");
    for (FilterCondition& condition : draft.conditions) {
      condition.column = draft.column;
      condition.entry = entry.path();
      model.filter.push_back(std::move(condition));
    }
  }
  return {};
}

}  // namespace longwatch
