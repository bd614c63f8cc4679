// The value of a cell.
#include "engine/metrics/performance_value.hpp"

#include "engine/metrics/class_average.hpp"
#include "engine/metrics/performance_interval.hpp"
#include "engine/metrics/table_bootstrap.hpp"

namespace longwatch::metrics {
namespace {

constexpr double kLevel = 0.95;

void add_interval(const MetricInput& input, Family family, const IntervalRecipe& recipe, const ClassifierView& view,
                  MetricValue& out) {
  const bool realized = family == Family::realized_performance;
  if (realized) {
    add_realized_interval(recipe, view, input.reference_classifier, kLevel, out);
  } else {
    add_estimated_interval(recipe, view, input.reference_classifier, kLevel, out);
  }
  if (input.model == nullptr || !input.model->intervals.bootstrap || input.backend == nullptr) return;
  const Resampling how = resampling_of(input);
  const Result<void> drawn =
      realized ? bootstrap_realized(recipe, view, how, out)
               : bootstrap_estimated(recipe, view, -optimism_of(recipe, view, input.reference_classifier), how, out);
  if (!drawn.ok()) out = MetricValue::undefined(drawn.error().what);
}

}  // namespace

MetricValue performance_value(const MetricInput& input, Family family, const Functional& functional) {
  if (input.classes != nullptr) return classes_value(input, family, functional);
  return with_outcomes(input, family, [&](const ClassifierView& view, const OutcomeTable& table) {
    if (functional.ranked && table.score.empty()) return without_value("insufficient_data");
    const double value = functional.value(table);
    MetricValue out = std::isnan(value) ? MetricValue::undefined(functional.undefined) : value_of(value);
    if (input.value_only) return out;
    if (out.status == "ok" && functional.recipe != nullptr) {
      add_interval(input, family, functional.recipe(), view, out);
    }
    if (functional.events != nullptr) out.events = functional.events(table);
    return out;
  });
}

}  // namespace longwatch::metrics
