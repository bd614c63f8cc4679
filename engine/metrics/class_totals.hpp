#pragma once
// Private to the metrics: any function of the confusion matrix of several classes.

#include <functional>

#include "engine/metrics/classes_view.hpp"
#include "engine/metrics/guards.hpp"

namespace longwatch::metrics {

using MatrixFunction = std::function<Result<double>(const ClassMatrix&)>;

/// h of a cell's matrix, estimated or realized, or why there is none. Where h is linear in the matrix (`total`: it
/// doubles with it; else the same divided by the rows) and `worth` holds its value of a row by predicted class, then
/// label, a realized value has its standard error and 95 % interval (a mean of independent rows, normal). O(K^2).
MetricValue class_value(const MetricInput& input, Family family, const MatrixFunction& h, bool total,
                        const std::vector<double>& worth);

}  // namespace longwatch::metrics
