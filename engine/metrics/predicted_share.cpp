// The share of rows predicted positive: what a model does, known before any label.
#include "engine/metrics/location.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {
namespace {

struct Predictions {
  std::int64_t positive = 0;
  std::int64_t rows = 0;
};

Predictions predictions_of(const ClassifierView& view) {
  return {view.predictions[1], view.predictions[0] + view.predictions[1]};
}

MetricValue compute(const MetricInput& input) {
  if (input.classifier == nullptr) return MetricValue::undefined("the model has no scores");
  const ClassifierView& view = *input.classifier;
  if (!view.performance->unusable.empty()) return metrics::without_value(view.performance->unusable);
  const Predictions chunk = predictions_of(view);
  if (chunk.rows == 0) return metrics::without_value("insufficient_data");
  MetricValue out = metrics::rate_of(chunk.positive, chunk.rows);
  if (input.reference_classifier == nullptr) return metrics::checked(out);
  const Predictions reference = predictions_of(*input.reference_classifier);
  if (reference.rows == 0) return metrics::checked(out);
  return metrics::checked(metrics::against_rate(std::move(out), chunk.rows, reference.positive, reference.rows));
}

}  // namespace

LONGWATCH_METRIC(predicted_share)
const Metric metric_predicted_share = {
    .name = "predicted_share",
    .summary = "Share of rows predicted positive; no labels needed.",
    .source = "count / rows with a prediction; Wilson's interval",
    .family = Family::summary,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
};

}  // namespace longwatch
