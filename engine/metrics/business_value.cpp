// What predictions are worth, by the user's cost matrix.
#include <algorithm>

#include "engine/metrics/class_totals.hpp"
#include "engine/metrics/confusion_value.hpp"
#include "engine/model/class_labels.hpp"

namespace longwatch {
namespace {

using metrics::Confusion;

// What a row is worth, by predicted class, then label; what the matrix leaves out is worth nothing.
Result<std::vector<double>> worth_by_class(const ModelConfig& model, const std::vector<std::string>& classes) {
  const LabelRule rule(model);
  std::vector<double> out(classes.size() * classes.size(), 0);
  std::vector<bool> known(out.size(), false);
  const auto index = [&](const std::string& label) {
    return static_cast<std::size_t>(std::find(classes.begin(), classes.end(), rule.of(label)) - classes.begin());
  };
  for (const auto& [truth, row] : model.class_costs) {
    for (const auto& [predicted, value] : row) {
      for (const std::string& label : {truth, predicted}) {
        if (index(label) == classes.size())
          return Error{ErrorCode::data, "the costs name the class '" + label + "', which the reference lacks", {}, ""};
      }
      const std::size_t at = index(predicted) * classes.size() + index(truth);
      if (known[at] && out[at] != value) {
        return Error{ErrorCode::data,
                     "the costs have two values for label '" + rule.of(truth) + "' predicted as '" +
                         rule.of(predicted) + "' (label_map makes labels one)",
                     {},
                     ""};
      }
      known[at] = true;
      out[at] = value;
    }
  }
  return out;
}

MetricValue of_classes(const MetricInput& input, Family family, bool per_prediction) {
  if (input.classes == nullptr) return MetricValue::undefined("the model has no scores");
  const auto worth = worth_by_class(*input.model, input.classes->performance->classes);
  if (!worth.ok()) return MetricValue::undefined(worth.error().what);
  const auto total = [&](const ClassMatrix& matrix) {
    double sum = 0;
    for (std::size_t i = 0; i < matrix.mass.size(); ++i) sum += matrix.mass[i] * worth.value()[i];
    return sum;
  };
  const auto value = [&](const ClassMatrix& matrix) -> Result<double> {
    return per_prediction ? total(matrix) / matrix.rows : total(matrix);
  };
  const auto gradient = [&](const ClassMatrix& matrix) {
    std::vector<double> out = worth.value();
    if (!per_prediction) return out;
    const double mean = total(matrix) / matrix.rows;
    for (double& slope : out) slope = (slope - mean) / matrix.rows;
    return out;
  };
  return metrics::class_value(input, family, {value, gradient});
}

template <Family family, bool per_prediction>
MetricValue compute(const MetricInput& input) {
  if (input.model != nullptr && !input.model->class_costs.empty()) return of_classes(input, family, per_prediction);
  if (input.model == nullptr || !input.model->costs) return MetricValue::undefined("the model has no costs");
  const OutcomeValues& values = *input.model->costs;
  const auto worth = [&](const Confusion& m) -> Result<double> {
    const double total = values.true_positive * m.tp + values.false_positive * m.fp + values.false_negative * m.fn +
                         values.true_negative * m.tn;
    return per_prediction ? total / (m.tp + m.fp + m.fn + m.tn) : total;
  };
  return metrics::confusion_value(input, family, worth);
}

bool has_costs(const ModelConfig& model) { return model.costs || !model.class_costs.empty(); }

// Without costs there is no such metric.
std::vector<std::string> total_name(const ModelConfig& model, const ReferenceProfile&) {
  return has_costs(model) ? std::vector<std::string>{"business_value"} : std::vector<std::string>{};
}
std::vector<std::string> mean_name(const ModelConfig& model, const ReferenceProfile&) {
  return has_costs(model) ? std::vector<std::string>{"business_value_per_prediction"} : std::vector<std::string>{};
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

LONGWATCH_METRIC(estimated_business_value)
const Metric metric_estimated_business_value = {
    .name = "business_value",
    .summary =
        "What the predictions of the scored rows are worth by `costs`, expected from the calibrated scores; no labels "
        "needed.",
    .source = "sum of the cost matrix times the expected confusion matrix; NannyML business_value",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::estimated_performance, false>,
    .variants = total_name,
    .grows_with_rows = true,
};

LONGWATCH_METRIC(realized_business_value)
const Metric metric_realized_business_value = {
    .name = "business_value",
    .summary = "What the predictions of the labelled rows are worth by `costs`.",
    .source = "sum of the cost matrix times the confusion matrix; NannyML business_value",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::classifier,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::realized_performance, false>,
    .variants = total_name,
    .grows_with_rows = true,
};

LONGWATCH_METRIC(estimated_business_value_per_prediction)
const Metric metric_estimated_business_value_per_prediction = {
    .name = "business_value_per_prediction",
    .summary = "business_value divided by its rows, expected from the calibrated scores; no labels needed.",
    .source = "mean of the cost matrix over the rows; NannyML divides by column, see differences",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::estimated_performance, true>,
    .variants = mean_name,
};

LONGWATCH_METRIC(realized_business_value_per_prediction)
const Metric metric_realized_business_value_per_prediction = {
    .name = "business_value_per_prediction",
    .summary = "business_value divided by its rows.",
    .source = "mean of the cost matrix over the rows; NannyML divides by column, see differences",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::classifier,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::realized_performance, true>,
    .variants = mean_name,
};

}  // namespace longwatch
