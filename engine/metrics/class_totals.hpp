#pragma once
// Private to the metrics: any function of the confusion matrix of several classes.

#include <functional>

#include "engine/metrics/class_average.hpp"

namespace longwatch::metrics {

struct MatrixFunction {
  std::function<Result<double>(const ClassMatrix&)> value;
  /// d value / d mass, entry by entry as ClassMatrix::mass; not finite where there is no slope.
  std::function<std::vector<double>(const ClassMatrix&)> gradient;
};

/// The function of a cell's matrix, estimated or realized, or why there is none: its error is why the value is
/// undefined. Intervals by the delta method (class_error.hpp); what chance does by the reference's matrix, as of so
/// many rows. O(K^2), or O(K^3) of estimates up to kMaxProductClasses classes.
MetricValue class_value(const MetricInput& input, Family family, const MatrixFunction& h);

}  // namespace longwatch::metrics
