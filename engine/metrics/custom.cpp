// The user's own metrics: arithmetic over the totals of a cell.
#include "engine/config/expression.hpp"
#include "engine/config/totals.hpp"
#include "engine/metrics/confusion_value.hpp"

namespace longwatch {
namespace {

using metrics::ConfusionMatrix;

double total_of(const std::string& name, const ConfusionMatrix& m, double labels) {
  if (name == "tp") return m.tp;
  if (name == "fp") return m.fp;
  if (name == "fn") return m.fn;
  if (name == "tn") return m.tn;
  if (name == "rows") return m.rows();
  if (name == "positives") return m.tp + m.fn;
  if (name == "negatives") return m.fp + m.tn;
  if (name == "predicted_positive") return m.tp + m.fp;
  if (name == "predicted_negative") return m.fn + m.tn;
  return labels;
}

template <Family family>
MetricValue compute(const MetricInput& input) {
  const auto& wanted = input.model->custom_metrics[input.variant];
  auto expression = Expression::parse(wanted.expression, total_names(Task::binary, {}));
  if (!expression.ok()) return MetricValue::undefined(expression.error().what);
  const double labels = input.classifier == nullptr ? 0 : static_cast<double>(input.classifier->scores->labelled());
  std::vector<double> values;
  const std::function<Result<double>(const Confusion&)> h = [&](const ConfusionMatrix& m) -> Result<double> {
    values.clear();
    for (const std::string& name : expression.value().used()) values.push_back(total_of(name, m, labels));
    return expression.value().evaluate(values);
  };
  return metrics::confusion_value(input, family, h);
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
    .applies_to = AppliesTo::binary,
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
    .applies_to = AppliesTo::binary,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::realized_performance>,
    .variants = names,
};

}  // namespace longwatch
