// The entries of the confusion matrix: numbers of rows, and their shares of all rows, of the actual class and of the
// predicted class.
#include "engine/metrics/class_confusion.hpp"
#include "engine/metrics/performance_value.hpp"

namespace longwatch {
namespace {

std::vector<std::string> names(const ModelConfig& model, const ReferenceProfile& profile) {
  if (model.task == Task::multiclass) return metrics::class_confusion_names(profile.performance);
  std::vector<std::string> out;
  for (const char* entry : {"true_positive", "false_positive", "false_negative", "true_negative"}) {
    for (const char* suffix : {"", "_share", "_of_actual", "_of_predicted"}) out.push_back(std::string(entry) + suffix);
  }
  return out;
}

template <Family family>
MetricValue compute(const MetricInput& input) {
  if (input.classes != nullptr) return metrics::class_confusion_value(input, family);
  if (input.variant >= metrics::kConfusionEntries.size()) return MetricValue::undefined("no such entry");
  return metrics::performance_value(input, family, metrics::kConfusionEntries[input.variant]);
}

}  // namespace

LONGWATCH_METRIC(estimated_confusion_matrix)
const Metric metric_estimated_confusion_matrix = {
    .name = "confusion_matrix",
    .summary =
        "Expected true and false positives and negatives, or of several classes rows by label and prediction, in rows "
        "and as shares; see below for the names.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = compute<Family::estimated_performance>,
    .variants = names,
};

LONGWATCH_METRIC(realized_confusion_matrix)
const Metric metric_realized_confusion_matrix = {
    .name = "confusion_matrix",
    .summary =
        "True and false positives and negatives, or of several classes rows by label and prediction, in rows and as "
        "shares; see below for the names.",
    .source = "sklearn.metrics.confusion_matrix, normalize None, 'all', 'true' and 'pred'",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::none,
    .compute = compute<Family::realized_performance>,
    .variants = names,
};

}  // namespace longwatch
