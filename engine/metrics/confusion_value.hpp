#pragma once
// Private to the metrics: the value of a cell by any function of its confusion matrix, with its intervals.

#include <functional>

#include "engine/metrics/performance_value.hpp"

namespace longwatch::metrics {

using ConfusionFunction = std::function<Result<double>(const Confusion&)>;

/// h of the confusion matrix, estimated or realized, with intervals by the delta method; where h fails, its error is why
/// the value is undefined. `total`: doubling the matrix doubles h. `identity` is an address of the function's own that
/// outlives the views (see IntervalRecipe). O(1), and once for every reference O(its scores).
MetricValue confusion_value(const MetricInput& input, Family family, const ConfusionFunction& h, bool total,
                            const void* identity);

}  // namespace longwatch::metrics
