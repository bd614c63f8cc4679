#pragma once
// Private to the metrics: the value of a cell by any function of its confusion matrix.

#include <functional>

#include "engine/metrics/performance_value.hpp"

namespace longwatch::metrics {

/// Counts, or expected counts.
struct ConfusionMatrix {
  double tp = 0, fp = 0, fn = 0, tn = 0;
  [[nodiscard]] double rows() const { return tp + fp + fn + tn; }
};

using ConfusionFunction = std::function<Result<double>(const ConfusionMatrix&)>;

/// h of the confusion matrix, estimated or realized; where h fails, its error is why the value is undefined.
MetricValue confusion_value(const MetricInput& input, Family family, const ConfusionFunction& h);

}  // namespace longwatch::metrics
