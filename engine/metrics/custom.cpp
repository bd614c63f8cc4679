// The user's own metrics: arithmetic over the totals of a cell.
#include <algorithm>
#include <cstdint>
#include <map>

#include "engine/config/expression.hpp"
#include "engine/config/totals.hpp"
#include "engine/metrics/class_totals.hpp"
#include "engine/metrics/confusion_value.hpp"
#include "engine/metrics/residual_totals.hpp"
#include "engine/metrics/slope.hpp"
#include "engine/model/class_labels.hpp"

namespace longwatch {
namespace {

using metrics::Confusion;

double total_of(const std::string& name, const Confusion& m, double labels_per_row) {
  if (name == "tp") return m.tp;
  if (name == "fp") return m.fp;
  if (name == "fn") return m.fn;
  if (name == "tn") return m.tn;
  const double rows = m.tp + m.fp + m.fn + m.tn;
  if (name == "rows") return rows;
  if (name == "positives") return m.tp + m.fn;
  if (name == "negatives") return m.fp + m.tn;
  if (name == "predicted_positive") return m.tp + m.fp;
  if (name == "predicted_negative") return m.fn + m.tn;
  return labels_per_row * rows;
}

// Labels of a cell for every row of its matrix. Labels without a prediction are in no matrix; in an estimate all labels
// are still to come.
double labels_per_row(Family family, std::int64_t labels, double rows) {
  return family == Family::realized_performance && rows > 0 ? static_cast<double>(labels) / rows : 1;
}

MetricValue of_binary(const MetricInput& input, Family family, const CustomMetric& wanted) {
  auto expression = Expression::parse(wanted.expression, total_names(Task::binary, {}));
  if (!expression.ok()) return MetricValue::undefined(expression.error().what);
  double ratio = 1;
  if (input.classifier != nullptr)
    ratio = labels_per_row(family, input.classifier->scores->labelled(), input.classifier->realized.rows);
  std::vector<double> values;
  const auto h = [&](const Confusion& m) -> Result<double> {
    values.clear();
    for (const std::string& name : expression.value().used()) values.push_back(total_of(name, m, ratio));
    return expression.value().evaluate(values);
  };
  return metrics::confusion_value(input, family, h);
}

// A total of several classes: `rows`, `labels`, `correct`, or an entry of the confusion matrix.
struct ClassTotal {
  enum class Kind : std::uint8_t { rows, labels, correct, pair } kind = Kind::rows;
  std::size_t entry = 0;  // of a pair: its place in the matrix

  // d total / d mass of an entry.
  [[nodiscard]] double slope(std::size_t at, std::size_t classes, double labels_per_row) const {
    switch (kind) {
      case Kind::rows:
        return 1;
      case Kind::labels:
        return labels_per_row;
      case Kind::correct:
        return at % classes == at / classes ? 1 : 0;
      case Kind::pair:
        return at == entry ? 1 : 0;
    }
    return 0;
  }
  [[nodiscard]] double of(const ClassMatrix& matrix, double labels_per_row) const {
    if (kind == Kind::rows) return matrix.rows;
    if (kind == Kind::labels) return labels_per_row * matrix.rows;
    if (kind == Kind::pair) return matrix.mass[entry];
    double correct = 0;
    for (std::size_t c = 0; c < matrix.classes; ++c) correct += matrix.at(c, c);
    return correct;
  }
};

// By name; classes are called as in the configuration, or by what their labels stand for.
std::map<std::string, ClassTotal> class_totals(const ModelConfig& model, const std::vector<std::string>& classes) {
  using Kind = ClassTotal::Kind;
  std::map<std::string, ClassTotal> out = {
      {"rows", {Kind::rows, 0}}, {"labels", {Kind::labels, 0}}, {"correct", {Kind::correct, 0}}};
  std::map<std::string, std::size_t> labels;
  for (std::size_t c = 0; c < classes.size(); ++c) labels.emplace(classes[c], c);
  const LabelRule rule(model);
  for (const auto& [label, column] : model.class_scores) {
    const auto found = std::find(classes.begin(), classes.end(), rule.of(label));
    if (found != classes.end()) labels.emplace(label, static_cast<std::size_t>(found - classes.begin()));
  }
  for (const auto& [truth, l] : labels) {
    for (const auto& [predicted, p] : labels)
      out.emplace(pair_total(truth, predicted), ClassTotal{Kind::pair, p * classes.size() + l});
  }
  return out;
}

// An expression over totals of several classes, and its slopes, by central differences.
class ClassExpression {
 public:
  ClassExpression(const Expression& expression, const std::map<std::string, ClassTotal>& totals, double labels_per_row)
      : expression_(expression), labels_per_row_(labels_per_row) {
    for (const std::string& name : expression.used()) totals_.push_back(totals.at(name));
  }

  [[nodiscard]] Result<double> value(const ClassMatrix& matrix) const { return expression_.evaluate(values(matrix)); }

  [[nodiscard]] std::vector<double> gradient(const ClassMatrix& matrix) const {
    std::vector<double> out(matrix.mass.size(), 0);
    const std::vector<double> here = values(matrix);
    for (std::size_t t = 0; t < totals_.size(); ++t) {
      const double step = 1e-4 * (here[t] + 1e-3 * matrix.rows);
      const double slope = metrics::slope_at(here, t, step, [this](const auto& at) { return value_or_nan(at); });
      for (std::size_t at = 0; at < out.size(); ++at) {
        const double of_total = totals_[t].slope(at, matrix.classes, labels_per_row_);
        if (of_total != 0) out[at] += slope * of_total;
      }
    }
    return out;
  }

 private:
  [[nodiscard]] std::vector<double> values(const ClassMatrix& matrix) const {
    std::vector<double> out;
    for (const ClassTotal& total : totals_) out.push_back(total.of(matrix, labels_per_row_));
    return out;
  }
  [[nodiscard]] double value_or_nan(const std::vector<double>& values) const {
    const Result<double> value = expression_.evaluate(values);
    return value.ok() ? value.value() : kNaN;
  }

  const Expression& expression_;
  double labels_per_row_;
  std::vector<ClassTotal> totals_;
};

MetricValue of_classes(const MetricInput& input, Family family, const CustomMetric& wanted) {
  if (input.classes == nullptr) return metrics::without_scores(input);
  const auto totals = class_totals(*input.model, input.classes->performance->classes);
  std::vector<std::string> names;
  for (const auto& [name, total] : totals) names.push_back(name);
  auto parsed = Expression::parse(wanted.expression, names);
  if (!parsed.ok()) return MetricValue::undefined(parsed.error().what);
  const double ratio = labels_per_row(family, input.classes->state->labelled(), input.classes->realized.rows);
  const ClassExpression h(parsed.value(), totals, ratio);
  return metrics::class_value(
      input, family,
      {[&](const ClassMatrix& m) { return h.value(m); }, [&](const ClassMatrix& m) { return h.gradient(m); }});
}

MetricValue of_residuals(const MetricInput& input, Family family, const CustomMetric& wanted) {
  const std::vector<std::string> names = total_names(Task::regression, {});
  auto expression = Expression::parse(wanted.expression, names);
  if (!expression.ok()) return MetricValue::undefined(expression.error().what);
  metrics::ResidualFunction h;
  std::vector<std::size_t> places;
  for (const std::string& name : expression.value().used()) {
    places.push_back(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
    h.reads[places.back()] = true;
  }
  h.value = [&](const metrics::ResidualTotals& totals) {
    std::vector<double> values;
    for (const std::size_t place : places) values.push_back(totals[place]);
    return expression.value().evaluate(values);
  };
  return metrics::residual_value(input, family, h);
}

template <Family family>
MetricValue compute(const MetricInput& input) {
  if (input.model == nullptr || input.variant >= input.model->custom_metrics.size())
    return MetricValue::undefined("the model has no such metric");
  const CustomMetric& wanted = input.model->custom_metrics[input.variant];
  switch (input.model->task) {
    case Task::binary:
      return of_binary(input, family, wanted);
    case Task::multiclass:
      return of_classes(input, family, wanted);
    case Task::regression:
      return of_residuals(input, family, wanted);
    case Task::none:
      break;
  }
  return MetricValue::undefined("the model has no task");
}

std::vector<std::string> names(const ModelConfig& model, const ReferenceProfile&) {
  std::vector<std::string> out;
  for (const CustomMetric& metric : model.custom_metrics) out.push_back(metric.name);
  return out;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

LONGWATCH_METRIC(estimated_custom)
const Metric metric_estimated_custom = {
    .name = "custom",
    .summary =
        "The metrics under `custom_metrics`, each by its own name, from totals that the calibrated scores let expect; "
        "of a regression, those that "
        "its estimated losses add up to.",
    .source = "the user's expression",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::model,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::estimated_performance>,
    .variants = names,
};

LONGWATCH_METRIC(realized_custom)
const Metric metric_realized_custom = {
    .name = "custom",
    .summary = "The metrics under `custom_metrics`, each by its own name, from the labelled rows.",
    .source = "the user's expression",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::model,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::realized_performance>,
    .variants = names,
};

}  // namespace longwatch
