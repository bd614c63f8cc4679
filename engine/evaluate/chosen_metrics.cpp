// The metrics that a model asks for, by name or glob.
#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/evaluate/evaluate.hpp"

namespace longwatch {
namespace {

std::vector<std::string> metric_names(const ModelConfig& model) {
  std::vector<std::string> out;
  for (const Metric* metric : all_metrics()) {
    // Estimated and realized metrics share their names.
    if (std::find(out.begin(), out.end(), metric->name) == out.end()) out.emplace_back(metric->name);
  }
  for (const CustomMetric& metric : model.custom_metrics) out.push_back(metric.name);
  return out;
}

Error unknown_metric(const ModelConfig& model, const std::string& name, const std::string& place) {
  return {ErrorCode::configuration, "there is no metric '" + name + "'", place_of(model, place),
          known_names_hint(name, metric_names(model))};
}

bool matches_any(const ModelConfig& model, const std::string& pattern) {
  const std::vector<std::string> names = metric_names(model);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return glob_match(pattern, name); });
}

// The user's own metrics are values of the metrics named `custom`.
bool is_wanted(const ModelConfig& model, const Metric& metric) {
  return std::any_of(model.metrics.begin(), model.metrics.end(), [&](const std::string& pattern) {
    const auto own = [&](const CustomMetric& custom) { return glob_match(pattern, custom.name); };
    return glob_match(pattern, metric.name) ||
           (metric.name == "custom" && std::any_of(model.custom_metrics.begin(), model.custom_metrics.end(), own));
  });
}

// A metric of the user's own has a name that no other has.
Result<void> check_names(const ModelConfig& model) {
  for (const CustomMetric& metric : model.custom_metrics) {
    const auto same = [&](const Metric* other) { return other->name == metric.name; };
    if (std::none_of(all_metrics().begin(), all_metrics().end(), same)) continue;
    return Error{ErrorCode::configuration, "'" + metric.name + "' is a metric of Longwatch's own",
                 place_of(model, "custom_metrics." + metric.name), "choose another name"};
  }
  return {};
}

}  // namespace

Result<std::vector<const Metric*>> chosen_metrics(const ModelConfig& model) {
  LW_CHECK(check_names(model));
  for (std::size_t i = 0; i < model.metrics.size(); ++i) {
    if (!matches_any(model, model.metrics[i]))
      return unknown_metric(model, model.metrics[i], "metrics[" + std::to_string(i) + "]");
  }
  for (const ThresholdEntry& entry : model.thresholds) {
    const std::string key = entry.column.empty() ? entry.metric : entry.metric + "@" + entry.column;
    if (!matches_any(model, entry.metric)) return unknown_metric(model, entry.metric, "thresholds." + key);
  }
  std::vector<const Metric*> out;
  for (const Metric* metric : all_metrics()) {
    if ((model.metrics.empty() && !metric->named_only) || is_wanted(model, *metric)) out.push_back(metric);
  }
  return out;
}

}  // namespace longwatch
