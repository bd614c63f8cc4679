// The value of a cell.
#include "engine/metrics/performance_value.hpp"

#include "engine/metrics/class_average.hpp"
#include "engine/metrics/performance_interval.hpp"

namespace longwatch::metrics {
namespace {

constexpr double kLevel = 0.95;

}  // namespace

MetricValue performance_value(const MetricInput& input, Family family, const Functional& functional) {
  if (input.classes != nullptr) return classes_value(input, family, functional);
  return with_outcomes(input, family, [&](const ClassifierView& view, const OutcomeTable& table) {
    if (functional.ranked && table.score.empty()) return without_value("insufficient_data");
    const double value = functional.value(table);
    MetricValue out = std::isnan(value) ? MetricValue::undefined(functional.undefined) : value_of(value);
    if (out.status == "ok" && functional.recipe != nullptr) {
      if (family == Family::realized_performance) {
        add_realized_interval(functional.recipe(), view, input.reference_classifier, kLevel, out);
      } else {
        add_estimated_interval(functional.recipe(), view, input.reference_classifier, kLevel, out);
      }
    }
    if (functional.events != nullptr) out.events = functional.events(table);
    return out;
  });
}

}  // namespace longwatch::metrics
