// Classes and calibration of a model.
#include "engine/profile/fit_performance.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <string>

#include "engine/model/class_labels.hpp"
#include "engine/profile/fit_calibrator.hpp"

namespace longwatch {
namespace {

const ColumnProfile* with_role(const std::vector<ColumnProfile>& columns, Role role) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const ColumnProfile& c) { return c.column.role == role; });
  return found == columns.end() ? nullptr : &*found;
}

// What the texts of a column stand for.
std::set<std::string> labels_of(const ColumnProfile* column, const LabelRule& rule) {
  std::set<std::string> out;
  if (column == nullptr) return out;
  for (const std::string& text : column->categories) out.insert(rule.of(text));
  out.erase("");
  return out;
}

}  // namespace

PerformanceProfile learn_classes(const ModelConfig& model, const std::vector<ColumnProfile>& columns) {
  PerformanceProfile out;
  const ColumnProfile* target = with_role(columns, Role::target);
  if (model.task == Task::none) out.unusable = "undefined: the model has no task";
  if (target == nullptr) out.not_estimated = "undefined: the model has no target in the reference";
  if (model.task != Task::binary) return out;
  const LabelRule rule(model);
  const std::set<std::string> labels = labels_of(target, rule);
  if (target != nullptr && labels.empty()) out.not_estimated = "undefined: the reference has no labels";
  BinaryClasses found = binary_classes(rule, labels, labels_of(with_role(columns, Role::prediction), rule));
  out.classes = std::move(found.classes);
  if (!found.problem.empty()) out.unusable = std::move(found.problem);
  return out;
}

void fit_performance(const ModelConfig& model, ReferenceProfile& profile) {
  PerformanceProfile& out = profile.performance;
  if (model.task != Task::binary || !out.unusable.empty() || !out.not_estimated.empty()) return;
  const StateTable& states = profile.states;
  if (states.scores.empty()) return;
  const auto all_rows = std::span(states.scores).first(static_cast<std::size_t>(states.slots));  // segment 0
  out.calibrators = {fit_calibrator(merge_scores(all_rows))};
}

}  // namespace longwatch
