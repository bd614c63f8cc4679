#include "engine/metrics/confusion_value.hpp"

namespace longwatch::metrics {

MetricValue confusion_value(const MetricInput& input, Family family, const ConfusionFunction& h) {
  return with_outcomes(input, family, [&](const ClassifierView&, const OutcomeTable& table) {
    const Result<double> value =
        h({table.true_positive, table.false_positive, table.false_negative, table.true_negative});
    return value.ok() ? value_of(value.value()) : MetricValue::undefined(value.error().what);
  });
}

}  // namespace longwatch::metrics
