#pragma once
// Private to the metrics: the value of a cell by any function of its confusion matrix, with its intervals.

#include <functional>

#include "engine/metrics/performance_value.hpp"

namespace longwatch::metrics {

using ConfusionFunction = std::function<Result<double>(const Confusion&)>;

/// h of the confusion matrix, estimated or realized, with intervals by the delta method; where h fails, its error is
/// why the value is undefined. O(1).
MetricValue confusion_value(const MetricInput& input, Family family, const ConfusionFunction& h);

}  // namespace longwatch::metrics
