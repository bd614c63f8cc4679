// Classes and calibration of a model.
#include "engine/profile/fit_performance.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "engine/model/class_labels.hpp"

namespace longwatch {
namespace {

const ColumnProfile* with_role(const std::vector<ColumnProfile>& columns, Role role) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const ColumnProfile& c) { return c.column.role == role; });
  return found == columns.end() ? nullptr : &*found;
}

void learn_binary(const ModelConfig& model, const std::set<std::string>& labels, PerformanceProfile& out) {
  const std::string positive = model.positive.empty() ? "1" : canonical_label(model.positive);
  std::vector<std::string> others;
  for (const std::string& label : labels) {
    if (label != positive) others.push_back(label);
  }
  if (others.size() > 1) {
    out.unusable = "undefined: the target has more than two labels: " + others[0] + ", " + others[1] + ", ...";
    return;
  }
  const std::string usual = positive == "1" ? "0" : "";
  out.classes = {others.empty() ? usual : others.front(), positive};
}

}  // namespace

PerformanceProfile learn_classes(const ModelConfig& model, const std::vector<ColumnProfile>& columns) {
  PerformanceProfile out;
  const ColumnProfile* target = with_role(columns, Role::target);
  if (model.task == Task::none) out.unusable = "undefined: the model has no task";
  if (target == nullptr) out.not_estimated = "undefined: the model has no target in the reference";
  if (model.task != Task::binary) return out;
  std::set<std::string> labels;
  if (target != nullptr) {
    for (const std::string& text : target->categories) labels.insert(canonical_label(text));
    labels.erase("");
    if (labels.empty()) out.not_estimated = "undefined: the reference has no labels";
  }
  learn_binary(model, labels, out);
  return out;
}

void fit_performance(const ModelConfig& model, ReferenceProfile& profile) {
  PerformanceProfile& out = profile.performance;
  if (model.task != Task::binary || !out.unusable.empty() || !out.not_estimated.empty()) return;
  out.calibrators = {Calibrator()};
}

}  // namespace longwatch
