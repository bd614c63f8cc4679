// Scores that are no probabilities, and labels and predictions that stand for neither class.
#include "engine/metrics/classifier_view.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {
namespace {

// The share of rows that `count` finds. Known as soon as scores are counted, whether or not there are labels.
template <std::int64_t ScoreState::*count>
MetricValue share(const MetricInput& input) {
  if (input.classifier == nullptr && input.profile == nullptr) return MetricValue::undefined("the model has no scores");
  if (input.classifier == nullptr) {
    return metrics::without_scores(input);
  }
  const ScoreState& state = *input.classifier->scores;
  if (state.rows == 0) return metrics::without_value("insufficient_data");
  return metrics::value_of(static_cast<double>(state.*count) / static_cast<double>(state.rows));
}

}  // namespace

LONGWATCH_METRIC(invalid_score_rate)
const Metric metric_invalid_score_rate = {
    .name = "invalid_score_rate",
    .summary = "Share of rows whose score lies outside [0, 1] or is infinite; such a row counts as one without a score.",
    .source = "count / rows",
    .family = Family::data_quality,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = share<&ScoreState::invalid_scores>,
};

LONGWATCH_METRIC(unmapped_label_rate)
const Metric metric_unmapped_label_rate = {
    .name = "unmapped_label_rate",
    .summary = "Share of rows whose label stands for neither class; such a label counts as unknown.",
    .source = "count / rows",
    .family = Family::data_quality,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = share<&ScoreState::unmapped_labels>,
};

LONGWATCH_METRIC(unmapped_prediction_rate)
const Metric metric_unmapped_prediction_rate = {
    .name = "unmapped_prediction_rate",
    .summary = "Share of rows whose prediction stands for neither class; such a row counts as one without a prediction.",
    .source = "count / rows",
    .family = Family::data_quality,
    .applies_to = AppliesTo::binary,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = share<&ScoreState::unmapped_predictions>,
};

}  // namespace longwatch
