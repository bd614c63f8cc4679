// A function of the confusion matrix as a recipe for its interval.
#include "engine/metrics/confusion_value.hpp"

#include <limits>

#include "engine/metrics/performance_interval.hpp"

namespace longwatch::metrics {

MetricValue confusion_value(const MetricInput& input, Family family, const ConfusionFunction& h) {
  constexpr double kLevel = 0.95;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return with_outcomes(input, family, [&](const ClassifierView& view, const OutcomeTable& table) {
    const Result<double> value = h(confusion_of(table));
    if (!value.ok()) return MetricValue::undefined(value.error().what);
    MetricValue out = value_of(value.value());
    if (input.value_only) return out;
    const auto or_nan = [&](const Confusion& matrix) {
      const Result<double> at = h(matrix);
      return at.ok() ? at.value() : kNaN;
    };
    const IntervalRecipe recipe = function_of_confusion(or_nan, -kInfinity, kInfinity);
    if (family == Family::realized_performance) {
      add_realized_interval(recipe, view, input.reference_classifier, kLevel, out);
    } else {
      add_estimated_interval(recipe, view, input.reference_classifier, kLevel, out);
    }
    if (out.ci_lower <= out.ci_upper) return out;
    return value_of(out.value);  // the function has no slope here
  });
}

}  // namespace longwatch::metrics
