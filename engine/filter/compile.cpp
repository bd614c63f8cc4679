// From the conditions of the configuration to tests of columns: types decide what a value means.
#include <algorithm>
#include <cmath>

#include "engine/base/text.hpp"
#include "engine/chunk/civil.hpp"
#include "engine/config/field.hpp"
#include "engine/filter/row_test.hpp"

namespace longwatch {
namespace {

constexpr double kExact = 9007199254740992.0;  // 2^53

bool is_order(FilterOperator op) {
  return op == FilterOperator::less_than || op == FilterOperator::at_most || op == FilterOperator::greater_than ||
         op == FilterOperator::at_least;
}

bool is_presence(FilterOperator op) { return op == FilterOperator::missing || op == FilterOperator::not_missing; }

// Times: by type, or by role.
CompareAs compare_as(const ModelConfig& model, const ColumnInfo& info) {
  if (info.type == FileType::date || info.type == FileType::timestamp) return CompareAs::time;
  const bool number =
      info.type == FileType::integer || info.type == FileType::floating || info.type == FileType::decimal;
  if (info.name == model.timestamp && (number || info.type == FileType::text)) return CompareAs::time;
  return number ? CompareAs::number : CompareAs::text;
}

class Compiler {
 public:
  Compiler(const ModelConfig& model, const Source& source, const TimeZone& zone, const std::string& period)
      : model_(model), source_(source), zone_(zone), period_(period) {}

  Result<std::vector<ColumnTest>> compile() {
    for (const FilterCondition& condition : model_.filter) {
      LW_TRY(const ColumnInfo* info, column(condition));
      const CompareAs as = compare_as(model_, *info);
      auto test = std::find_if(out_.begin(), out_.end(), [&](const ColumnTest& t) { return t.column == info->name; });
      if (test == out_.end()) test = out_.insert(out_.end(), {info->name, as, {}});
      LW_TRY(Comparison comparison, compare(condition, *info, as));
      test->comparisons.push_back(std::move(comparison));
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] Error error(const std::string& path, std::string what, std::string hint) const {
    Location where;
    where.model = model_.name;
    const auto place = model_.places.find(path);
    if (period_ != "reference") {
      if (!source_.files().empty()) where.file = source_.files().front().path;
      return {ErrorCode::data, std::move(what), std::move(where), std::move(hint)};
    }
    if (place != model_.places.end()) where = place->second;
    return {ErrorCode::configuration, std::move(what), std::move(where), std::move(hint)};
  }

  [[nodiscard]] Error bad_value(const FilterCondition& condition, std::size_t i, std::string what,
                                std::string hint) const {
    std::string path = condition.entry + "." + filter_operator_name(condition.op);
    if (condition.op == FilterOperator::in || condition.op == FilterOperator::not_in)
      path += "[" + std::to_string(i) + "]";
    return error(path, std::move(what), std::move(hint));
  }

  [[nodiscard]] std::string held(const ColumnInfo& info) const {
    return "column '" + info.name + "' of the " + period_ + " is of type " + info.type_text;
  }

  Result<const ColumnInfo*> column(const FilterCondition& condition) const {
    std::vector<std::string> names;
    for (const ColumnInfo& info : source_.columns()) names.push_back(info.name);
    const auto times = std::count(names.begin(), names.end(), condition.column);
    if (times == 0) {
      return error(condition.entry + ".column",
                   "the " + period_ + " has no column '" + condition.column + "', which the filter needs",
                   known_names_hint(condition.column, names));
    }
    const ColumnInfo* info = source_.find(condition.column);
    if (times > 1 || info == nullptr) {
      return error(condition.entry + ".column",
                   "the " + period_ + " has " + std::to_string(times) + " columns named '" + condition.column + "'",
                   "a column that is used must have a name of its own");
    }
    if (info->type == FileType::nested || info->type == FileType::other)
      return error(condition.entry + ".column", held(*info) + ", which cannot be filtered",
                   "flatten it when the file is written");
    return info;
  }

  Result<Comparison> compare(const FilterCondition& condition, const ColumnInfo& info, CompareAs as) const {
    Comparison out;
    out.op = condition.op == FilterOperator::in && condition.values.size() == 1 ? FilterOperator::equals : condition.op;
    if (is_presence(condition.op)) return out;
    const std::string name = filter_operator_name(condition.op);
    const std::string path = condition.entry + "." + name;
    if (info.type == FileType::binary || info.type == FileType::time)
      return error(path, held(info) + ", which cannot be compared", "only 'missing' is possible");
    if (info.type == FileType::boolean && is_order(condition.op))
      return error(path, held(info) + " and has no order", "use equals: true or equals: false");
    for (std::size_t i = 0; i < condition.values.size(); ++i) {
      if (as == CompareAs::number) LW_CHECK(add_number(condition, i, info, out));
      if (as == CompareAs::text) LW_CHECK(add_text(condition, i, info, out));
      if (as == CompareAs::time) LW_CHECK(add_time(condition, i, info, out));
    }
    std::sort(out.numbers.begin(), out.numbers.end());
    std::sort(out.numbers32.begin(), out.numbers32.end());
    std::sort(out.texts.begin(), out.texts.end());
    std::sort(out.times.begin(), out.times.end());
    return out;
  }

  Result<void> add_number(const FilterCondition& condition, std::size_t i, const ColumnInfo& info,
                          Comparison& out) const {
    const std::string& text = condition.values[i].text;
    double value = 0;
    if (!parse_number(text, value))
      return bad_value(condition, i, "'" + text + "' is no number, but " + held(info), "write a number");
    if (info.type != FileType::floating && std::abs(value) >= kExact) {
      return bad_value(condition, i, text + " is 2^53 or more, where whole numbers cannot be told apart",
                       "store the column as text to compare such numbers");
    }
    const auto narrow = static_cast<double>(static_cast<float>(std::clamp(value, -3.4e38, 3.4e38)));
    out.numbers.push_back(value);
    out.numbers32.push_back(std::abs(value) > 3.4e38 ? value : narrow);
    return {};
  }

  Result<void> add_text(const FilterCondition& condition, std::size_t i, const ColumnInfo& info,
                        Comparison& out) const {
    const auto& [text, quoted] = condition.values[i];
    if (info.type == FileType::boolean) {
      const bool yes = text == "true" || text == "True" || text == "TRUE" || text == "1";
      const bool no = text == "false" || text == "False" || text == "FALSE" || text == "0";
      if (!yes && !no)
        return bad_value(condition, i, "'" + text + "' is no boolean, but " + held(info), "write true or false");
      out.texts.emplace_back(yes ? "true" : "false");
      return {};
    }
    double number = 0;
    if (is_order(condition.op) && !quoted && parse_number(text, number)) {
      return bad_value(condition, i, held(info) + ", so " + text + " would be compared letter by letter",
                       "store the column as a number, or put the value in quotes");
    }
    out.texts.push_back(text);
    return {};
  }

  Result<void> add_time(const FilterCondition& condition, std::size_t i, const ColumnInfo& info,
                        Comparison& out) const {
    const std::string& text = condition.values[i].text;
    const auto time = parse_iso_time(text);
    if (!time) {
      const std::string why = info.type == FileType::date || info.type == FileType::timestamp
                                  ? held(info)
                                  : "column '" + info.name + "' is the timestamp";
      return bad_value(condition, i, "'" + text + "' is no time, but " + why,
                       "for example 2024-03-01 or 2024-03-01T08:00:00Z");
    }
    out.times.push_back(time->zoned ? time->micros : zone_.to_utc(time->micros));
    return {};
  }

  const ModelConfig& model_;
  const Source& source_;
  const TimeZone& zone_;
  std::string period_;
  std::vector<ColumnTest> out_;
};

}  // namespace

bool filter_needs_zone(const ModelConfig& model, const Source& source) {
  return std::any_of(model.filter.begin(), model.filter.end(), [&](const FilterCondition& condition) {
    const ColumnInfo* info = source.find(condition.column);
    return info != nullptr && compare_as(model, *info) == CompareAs::time;
  });
}

Result<std::vector<ColumnTest>> compile_filter(const ModelConfig& model, const Source& source, const TimeZone& zone,
                                               const char* period) {
  return Compiler(model, source, zone, period).compile();
}

}  // namespace longwatch
