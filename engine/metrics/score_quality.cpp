// Scores that are no probabilities, and labels and predictions that stand for no class.
#include "engine/metrics/classes_view.hpp"
#include "engine/metrics/classifier_view.hpp"
#include "engine/metrics/location.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {
namespace {

// The share of rows that `multiclass` or `binary` (null: models of several classes only) counts. Known as soon as
// scores are counted, whether or not there are labels.
template <std::int64_t ClassState::*multiclass, std::int64_t ScoreState::*binary = nullptr>
MetricValue share(const MetricInput& input) {
  const auto of = [](std::int64_t count, std::int64_t rows) {
    if (rows == 0) return metrics::without_value("insufficient_data");
    return metrics::value_of(static_cast<double>(count) / static_cast<double>(rows));
  };
  if (input.classes != nullptr) return of(input.classes->state->*multiclass, input.classes->state->rows);
  if constexpr (binary != nullptr) {
    if (input.classifier != nullptr) return of(input.classifier->scores->*binary, input.classifier->scores->rows);
  }
  return metrics::without_scores(input);
}

// Scores may well be missing: what is usual is told by the reference.
MetricValue missing_share(const MetricInput& input) {
  if (input.classes == nullptr) return metrics::without_scores(input);
  const ClassState& state = *input.classes->state;
  if (state.rows == 0) return metrics::without_value("insufficient_data");
  MetricValue out = metrics::rate_of(state.missing_scores, state.rows);
  if (input.reference_classes == nullptr || input.reference_classes->state->rows == 0) return metrics::checked(out);
  const ClassState& reference = *input.reference_classes->state;
  return metrics::checked(metrics::against_rate(std::move(out), state.rows, reference.missing_scores, reference.rows));
}

}  // namespace

LONGWATCH_METRIC(invalid_score_rate)
const Metric metric_invalid_score_rate = {
    .name = "invalid_score_rate",
    .summary =
        "Share of rows with a score outside [0, 1], or an infinite one; such a row counts as one without scores.",
    .source = "count / rows",
    .family = Family::data_quality,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = share<&ClassState::invalid_scores, &ScoreState::invalid_scores>,
};

LONGWATCH_METRIC(unnormalised_score_rate)
const Metric metric_unnormalised_score_rate = {
    .name = "unnormalised_score_rate",
    .summary = "Share of rows whose scores do not add up to 1; such a row counts as one without scores.",
    .source = "count / rows",
    .family = Family::data_quality,
    .applies_to = AppliesTo::multiclass,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = share<&ClassState::unnormalised_scores>,
};

LONGWATCH_METRIC(missing_score_rate)
const Metric metric_missing_score_rate = {
    .name = "missing_score_rate",
    .summary = "Share of rows that lack the score of a class: null or NaN; such a row counts as one without scores.",
    .source = "count / rows; binomial standard error",
    .family = Family::data_quality,
    .applies_to = AppliesTo::multiclass,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::null_both,
    .compute = missing_share,
};

LONGWATCH_METRIC(unmapped_label_rate)
const Metric metric_unmapped_label_rate = {
    .name = "unmapped_label_rate",
    .summary = "Share of rows whose label stands for no class; such a label counts as unknown.",
    .source = "count / rows",
    .family = Family::data_quality,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = share<&ClassState::unmapped_labels, &ScoreState::unmapped_labels>,
};

LONGWATCH_METRIC(unmapped_prediction_rate)
const Metric metric_unmapped_prediction_rate = {
    .name = "unmapped_prediction_rate",
    .summary = "Share of rows whose prediction stands for no class; such a row counts as one without a prediction.",
    .source = "count / rows",
    .family = Family::data_quality,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::upper_zero,
    .compute = share<&ClassState::unmapped_predictions, &ScoreState::unmapped_predictions>,
};

}  // namespace longwatch
