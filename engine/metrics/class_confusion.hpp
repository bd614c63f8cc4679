#pragma once
// Private to the metric confusion_matrix: its entries for several classes.

#include <string>
#include <vector>

#include "engine/metrics/class_average.hpp"

namespace longwatch::metrics {

/// Up to so many classes have every entry; more have only those of right predictions.
inline constexpr std::size_t kMaxConfusionClasses = 20;

/// "true_A_pred_B" (rows), and with "_share" (of all rows), "_of_actual" (of the rows labelled A), "_of_predicted" (of
/// those predicted B); by A, then B, in the order of the classes.
std::vector<std::string> class_confusion_names(const PerformanceProfile& performance);

/// The value of one of these names. O(K).
MetricValue class_confusion_value(const MetricInput& input, Family family);

}  // namespace longwatch::metrics
