#pragma once
// Private to the metrics: the value of a cell by any function of its confusion matrix, with its intervals.

#include <functional>

#include "engine/metrics/interval_recipe.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch::metrics {

/// h of the confusion matrix, estimated or realized; where h fails, its error is why the value is undefined. `total`:
/// doubling the matrix doubles h. Intervals by the delta method, its gradient by central differences. O(1), and
/// O(scores) for the calibration map's part of an estimate's error.
MetricValue confusion_value(const MetricInput& input, Family family,
                            const std::function<Result<double>(const Confusion&)>& h, bool total);

}  // namespace longwatch::metrics
