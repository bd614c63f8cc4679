// The share of rows predicted positive: what a model does, known before any label.
#include <cmath>

#include "engine/metrics/performance_value.hpp"

namespace longwatch {
namespace {

struct Predictions {
  double positive = 0;
  double rows = 0;
};

Predictions predictions_of(const ScoreState& state) {
  std::int64_t positive = 0;
  std::int64_t rows = 0;
  const auto add = [&](int code, std::int64_t count) {
    rows += count;
    if (code >= 3) positive += count;
  };
  for (int code = 0; code < 6; ++code) add(code, state.unscored[code]);
  for (const ScoreEntry& entry : state.entries) add(entry.code(), entry.count());
  return {static_cast<double>(positive), static_cast<double>(rows)};
}

MetricValue compute(const MetricInput& input) {
  if (input.classifier == nullptr) return MetricValue::undefined("the model has no scores");
  const ClassifierView& view = *input.classifier;
  if (!view.performance->unusable.empty()) return metrics::without_value(view.performance->unusable);
  const Predictions chunk = predictions_of(*view.scores);
  if (chunk.rows == 0) return metrics::without_value("insufficient_data");
  const double share = chunk.positive / chunk.rows;
  MetricValue out = metrics::value_of(share, std::sqrt(share * (1 - share) / chunk.rows));
  if (input.reference_classifier == nullptr) return metrics::checked(out);
  const Predictions reference = predictions_of(*input.reference_classifier->scores);
  if (reference.rows == 0) return metrics::checked(out);
  const double usual = reference.positive / reference.rows;
  out.null.error = std::sqrt(usual * (1 - usual) * (1 / chunk.rows + 1 / reference.rows));
  return metrics::checked(out);
}

}  // namespace

LONGWATCH_METRIC(predicted_share)
const Metric metric_predicted_share = {
    .name = "predicted_share",
    .summary = "Share of rows predicted positive; no labels needed.",
    .source = "count / rows with a prediction; binomial standard error",
    .family = Family::summary,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
};

}  // namespace longwatch
