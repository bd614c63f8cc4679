// What outcomes are worth, and metrics of the user's own: `costs` and `custom_metrics`.

#include <algorithm>
#include <cctype>
#include <limits>

#include "engine/config/expression.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/totals.hpp"

namespace longwatch {
namespace {

constexpr double kMost = 1e15;  // totals of money stay far from the end of a double
const char* const kNumber = R"({"type": "number"})";

template <double OutcomeValues::*member>
Result<void> read_value(const Field& field, OutcomeValues& values) {
  LW_TRY(values.*member, field.number(-kMost, kMost));
  return {};
}

// {true label: {predicted label: value}}
Result<void> read_matrix(const Field& field, ModelConfig& model) {
  for (std::size_t i = 0; i < field.node().keys.size(); ++i) {
    LW_TRY(const std::string truth, field.part(*field.node().keys[i], "").label());
    const Field row = field.part(*field.node().items[i], "." + truth);
    if (!row.is(NodeKind::map) || row.node().items.empty()) return row.wrong_type();
    if (model.class_costs.contains(truth)) return row.error("the class '" + truth + "' has two rows", "remove one");
    auto& values = model.class_costs[truth];
    for (std::size_t j = 0; j < row.node().keys.size(); ++j) {
      LW_TRY(const std::string predicted, row.part(*row.node().keys[j], "").label());
      const Field cell = row.part(*row.node().items[j], "." + predicted);
      if (values.contains(predicted))
        return cell.error("the class '" + predicted + "' has two values in '" + row.path() + "'", "remove one");
      LW_TRY(values[predicted], cell.number(-kMost, kMost));
    }
  }
  return {};
}

bool is_metric_name(const std::string& name) {
  return !name.empty() && name.size() <= 100 && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

const std::vector<Key<OutcomeValues>>& cost_keys() {
  static const std::vector<Key<OutcomeValues>> kKeys = {
      {{"true_positive", "a number", "A positive row predicted positive.", "0", "120", kNumber},
       read_value<&OutcomeValues::true_positive>},
      {{"false_positive", "a number", "A negative row predicted positive.", "0", "-15", kNumber},
       read_value<&OutcomeValues::false_positive>},
      {{"false_negative", "a number", "A positive row predicted negative.", "0", "-300", kNumber},
       read_value<&OutcomeValues::false_negative>},
      {{"true_negative", "a number", "A negative row predicted negative.", "0", "0", kNumber},
       read_value<&OutcomeValues::true_negative>},
  };
  return kKeys;
}

Result<void> read_costs(const Field& field, ModelConfig& model) {
  if (!field.is(NodeKind::map) || field.node().items.empty()) return field.wrong_type();
  const auto& rows = field.node().items;
  if (std::any_of(rows.begin(), rows.end(), [](const auto& row) { return row->kind == NodeKind::map; }))
    return read_matrix(field, model);
  OutcomeValues values;
  LW_CHECK(read_map(field, cost_keys(), values));
  model.costs = values;
  return {};
}

Result<void> read_custom_metrics(const Field& field, ModelConfig& model) {
  if (!field.is(NodeKind::map) || field.node().items.empty()) return field.wrong_type();
  for (std::size_t i = 0; i < field.node().keys.size(); ++i) {
    const std::string& name = field.node().keys[i]->text;
    if (!is_metric_name(name)) {
      return field.part(*field.node().keys[i], "")
          .error("'" + name + "' is no name of a metric", "lower-case letters, digits and _, a letter first");
    }
    const Field entry = field.part(*field.node().items[i], "." + name);
    LW_TRY(std::string expression, entry.text());
    entry.mark();
    model.custom_metrics.push_back({name, std::move(expression)});
  }
  return {};
}

Result<void> check_custom_metrics(const ModelConfig& model) {
  // Without scores by class the classes are not known before the reference is read; then the metric says so itself.
  if (model.task == Task::multiclass && model.class_scores.empty()) return {};
  std::vector<std::string> classes;
  for (const auto& [label, column] : model.class_scores) classes.push_back(label);
  const std::vector<std::string> names = total_names(model.task, classes);
  for (const CustomMetric& metric : model.custom_metrics) {
    const auto parsed = Expression::parse(metric.expression, names);
    if (parsed.ok()) continue;
    Error error = parsed.error();
    const auto place = model.places.find("custom_metrics." + metric.name);
    if (place != model.places.end()) error.where = place->second;
    error.what = "model '" + model.name + "': the metric '" + metric.name + "': " + error.what;
    return error;
  }
  return {};
}

}  // namespace longwatch
