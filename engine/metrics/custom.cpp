// The user's own metrics: arithmetic over the totals of a cell.
#include <algorithm>
#include <cmath>

#include "engine/config/expression.hpp"
#include "engine/config/totals.hpp"
#include "engine/metrics/class_totals.hpp"
#include "engine/metrics/confusion_value.hpp"

namespace longwatch {
namespace {

using metrics::Confusion;

double total_of(const std::string& name, const Confusion& m, double labels) {
  if (name == "tp") return m.tp;
  if (name == "fp") return m.fp;
  if (name == "fn") return m.fn;
  if (name == "tn") return m.tn;
  if (name == "rows") return m.tp + m.fp + m.fn + m.tn;
  if (name == "positives") return m.tp + m.fn;
  if (name == "negatives") return m.fp + m.tn;
  if (name == "predicted_positive") return m.tp + m.fp;
  if (name == "predicted_negative") return m.fn + m.tn;
  return labels;
}

// Whether doubling the matrix doubles the value: it is a total then, not a rate.
bool is_total(const metrics::ConfusionFunction& h) {
  const auto once = h({7, 3, 2, 11});
  const auto twice = h({14, 6, 4, 22});
  return once.ok() && twice.ok() && std::abs(twice.value() - 2 * once.value()) <= 1e-9 * std::abs(twice.value());
}

// Totals of several classes, in the order of total_names.
double class_total(std::size_t at, const ClassMatrix& matrix, double labels) {
  if (at == 0) return matrix.rows;
  if (at == 1) return labels;
  double correct = 0;
  for (std::size_t c = 0; c < matrix.classes; ++c) correct += matrix.at(c, c);
  if (at == 2) return correct;
  return matrix.at((at - 3) % matrix.classes, (at - 3) / matrix.classes);
}

MetricValue of_classes(const MetricInput& input, Family family, const CustomMetric& wanted) {
  if (input.classes == nullptr) return MetricValue::undefined("the model has no scores");
  const std::vector<std::string> names = total_names(Task::multiclass, input.classes->performance->classes);
  auto expression = Expression::parse(wanted.expression, names);
  if (!expression.ok()) return MetricValue::undefined(expression.error().what);
  const auto labels = static_cast<double>(input.classes->state->labelled());
  const auto value = [&](const ClassMatrix& matrix) -> Result<double> {
    std::vector<double> values;
    for (const std::string& name : expression.value().used()) {
      const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
      values.push_back(class_total(at, matrix, labels));
    }
    return expression.value().evaluate(values);
  };
  return metrics::class_value(input, family, value, false, {});
}

template <Family family>
MetricValue compute(const MetricInput& input) {
  if (input.model == nullptr || input.variant >= input.model->custom_metrics.size())
    return MetricValue::undefined("the model has no such metric");
  const auto& wanted = input.model->custom_metrics[input.variant];
  if (input.model->task == Task::multiclass) return of_classes(input, family, wanted);
  auto expression = Expression::parse(wanted.expression, total_names(Task::binary, {}));
  if (!expression.ok()) return MetricValue::undefined(expression.error().what);
  const double labels = input.classifier == nullptr ? 0 : static_cast<double>(input.classifier->scores->labelled());
  std::vector<double> values;
  const std::function<Result<double>(const Confusion&)> h = [&](const Confusion& m) -> Result<double> {
    values.clear();
    for (const std::string& name : expression.value().used()) values.push_back(total_of(name, m, labels));
    return expression.value().evaluate(values);
  };
  return metrics::confusion_value(input, family, h, is_total(h), &wanted);
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
        "The metrics under `custom_metrics`, each by its own name, from totals that the calibrated scores let expect.",
    .source = "the user's expression",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
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
    .applies_to = AppliesTo::classifier,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::realized_performance>,
    .variants = names,
};

}  // namespace longwatch
