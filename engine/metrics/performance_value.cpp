// The value of a cell.
#include "engine/metrics/performance_value.hpp"

namespace longwatch::metrics {

MetricValue performance_value(const MetricInput& input, Family family, const Functional& functional) {
  return with_outcomes(input, family, [&](const ClassifierView&, const OutcomeTable& table) {
    if (functional.ranked && table.score.empty()) return without_value("insufficient_data");
    const double value = functional.value(table);
    MetricValue out = std::isnan(value) ? MetricValue::undefined(functional.undefined) : value_of(value);
    if (functional.events != nullptr) out.events = functional.events(table);
    return out;
  });
}

}  // namespace longwatch::metrics
