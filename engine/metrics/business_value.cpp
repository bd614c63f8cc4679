// What predictions are worth, by the user's cost matrix.
#include "engine/metrics/confusion_value.hpp"

namespace longwatch {
namespace {

using metrics::ConfusionMatrix;

template <Family family, bool per_prediction>
MetricValue compute(const MetricInput& input) {
  if (input.model == nullptr || !input.model->costs) return MetricValue::undefined("the model has no costs");
  const OutcomeValues& values = *input.model->costs;
  const auto worth = [&](const ConfusionMatrix& m) -> Result<double> {
    const double total = values.true_positive * m.tp + values.false_positive * m.fp + values.false_negative * m.fn +
                         values.true_negative * m.tn;
    return per_prediction ? total / m.rows() : total;
  };
  return metrics::confusion_value(input, family, worth);
}

// Without costs there is no such metric.
std::vector<std::string> total_name(const ModelConfig& model, const ReferenceProfile&) {
  return model.costs ? std::vector<std::string>{"business_value"} : std::vector<std::string>{};
}
std::vector<std::string> mean_name(const ModelConfig& model, const ReferenceProfile&) {
  return model.costs ? std::vector<std::string>{"business_value_per_prediction"} : std::vector<std::string>{};
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
    .applies_to = AppliesTo::binary,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::estimated_performance, false>,
    .variants = total_name,
};

LONGWATCH_METRIC(realized_business_value)
const Metric metric_realized_business_value = {
    .name = "business_value",
    .summary = "What the predictions of the labelled rows are worth by `costs`.",
    .source = "sum of the cost matrix times the confusion matrix; NannyML business_value",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::binary,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::realized_performance, false>,
    .variants = total_name,
};

LONGWATCH_METRIC(estimated_business_value_per_prediction)
const Metric metric_estimated_business_value_per_prediction = {
    .name = "business_value_per_prediction",
    .summary = "business_value divided by its rows, expected from the calibrated scores; no labels needed.",
    .source = "mean of the cost matrix over the rows; NannyML divides by column, see differences",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::binary,
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
    .applies_to = AppliesTo::binary,
    .least = -kInfinity,
    .greatest = kInfinity,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute<Family::realized_performance, true>,
    .variants = mean_name,
};

}  // namespace longwatch
