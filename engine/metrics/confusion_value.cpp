// A function of the confusion matrix as an interval's recipe.
#include "engine/metrics/confusion_value.hpp"

#include <limits>

#include "engine/metrics/performance_interval.hpp"

namespace longwatch::metrics {

MetricValue confusion_value(const MetricInput& input, Family family,
                            const std::function<Result<double>(const Confusion&)>& h, bool total) {
  constexpr double kLevel = 0.95;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return with_outcomes(input, family, [&](const ClassifierView& view, const OutcomeTable& table) {
    const Result<double> value = h(confusion_of(table));
    if (!value.ok()) return MetricValue::undefined(value.error().what);
    MetricValue out = value_of(value.value());
    const auto or_nan = [&](const Confusion& matrix) {
      const Result<double> at = h(matrix);
      return at.ok() ? at.value() : kNaN;
    };
    const IntervalRecipe recipe = function_of_confusion(or_nan, -kInfinity, kInfinity, total);
    const bool realized = family == Family::realized_performance;
    const ClassifierView* reference = input.reference_classifier;
    if (realized) {
      add_realized_interval(recipe, table, reference == nullptr ? nullptr : &reference->realized, kLevel, out);
    } else {
      add_estimated_interval(recipe, view, reference, kLevel, out);
    }
    if (!(out.ci_lower <= out.ci_upper)) {  // the function has no slope here
      MetricValue plain = value_of(out.value);
      plain.events = out.events;
      return plain;
    }
    return out;
  });
}

}  // namespace longwatch::metrics
