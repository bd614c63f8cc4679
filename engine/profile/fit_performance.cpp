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

// The categories of a column of labels are what its texts stand for.
std::set<std::string> labels_of(const ColumnProfile* column) {
  std::set<std::string> out;
  if (column != nullptr) out.insert(column->categories.begin(), column->categories.end());
  out.erase("");
  return out;
}

// The classes are those that have a score, that were predicted, or that occur as a label.
void learn_multiclass(const ModelConfig& model, const LabelRule& rule, std::set<std::string> labels,
                      PerformanceProfile& out) {
  for (const auto& [label, column] : model.class_scores) labels.insert(rule.of(label));
  if (!model.scores.empty() && model.scores.size() != labels.size()) {
    out.unusable = "undefined: " + std::to_string(model.scores.size()) + " scores cannot be told apart for " +
                   std::to_string(labels.size()) + " labels; write score: {CLASS: COLUMN, ...}";
    return;
  }
  if (labels.size() > kMaxClasses) {
    out.unusable = "undefined: more than " + std::to_string(kMaxClasses) + " classes";
    return;
  }
  if (labels.size() < 2) out.unusable = "undefined: fewer than two classes";
  if (model.class_scores.empty() && model.scores.empty()) out.not_estimated = "undefined: the model has no scores";
  out.classes.assign(labels.begin(), labels.end());
}

// A class against the rest, without its calibrated sums.
ScoreState one_vs_rest(const ClassState& state, std::size_t c) {
  ScoreState out;
  for (const ClassEntry& entry : state.entries[c]) out.entries.push_back(entry.key);
  out.rows = out.scored();
  out.gridded = state.gridded;
  return out;
}

void fit_classes(ReferenceProfile& profile) {
  ClassState total;
  for (std::int64_t slot = 0; slot < profile.states.slots; ++slot)
    total.merge(profile.states.classes[profile.states.cell(0, slot)]);
  PerformanceProfile& out = profile.performance;
  if (total.scored() == 0) {
    out.not_estimated = "undefined: no row of the reference has usable scores";
    return;
  }
  for (std::size_t c = 0; c < out.classes.size(); ++c) out.calibrators.push_back(fit_calibrator(one_vs_rest(total, c)));
}

}  // namespace

PerformanceProfile learn_classes(const ModelConfig& model, const std::vector<ColumnProfile>& columns) {
  PerformanceProfile out;
  const ColumnProfile* target = with_role(columns, Role::target);
  if (model.task == Task::none) out.unusable = "undefined: the model has no task";
  if (target == nullptr) out.not_estimated = "undefined: the model has no target in the reference";
  if (!is_classifier(model.task)) return out;
  const LabelRule rule(model);
  std::set<std::string> labels = labels_of(target);
  if (target != nullptr && labels.empty()) out.not_estimated = "undefined: the reference has no labels";
  const std::set<std::string> predictions = labels_of(with_role(columns, Role::prediction));
  if (model.task == Task::multiclass) {
    labels.insert(predictions.begin(), predictions.end());
    learn_multiclass(model, rule, std::move(labels), out);
    return out;
  }
  BinaryClasses found = binary_classes(rule, labels, predictions);
  out.classes = std::move(found.classes);
  if (!found.problem.empty()) out.unusable = std::move(found.problem);
  return out;
}

std::vector<std::int32_t> class_score_columns(const ModelConfig& model, const PerformanceProfile& performance,
                                              const std::vector<ColumnProfile>& columns) {
  const LabelRule rule(model);
  std::vector<std::int32_t> out(performance.classes.size(), -1);
  const auto set = [&](const std::string& label, const std::string& column) {
    const auto at = std::lower_bound(performance.classes.begin(), performance.classes.end(), label);
    if (at == performance.classes.end() || *at != label) return;
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const ColumnProfile& c) { return c.column.name == column; });
    if (found == columns.end()) return;
    out[static_cast<std::size_t>(at - performance.classes.begin())] =
        static_cast<std::int32_t>(found - columns.begin());
  };
  for (const auto& [label, column] : model.class_scores) set(rule.of(label), column);
  for (std::size_t c = 0; c < std::min(model.scores.size(), performance.classes.size()); ++c)
    set(performance.classes[c], model.scores[c]);
  return out;
}

void fit_performance(const ModelConfig& model, ReferenceProfile& profile) {
  PerformanceProfile& out = profile.performance;
  if (model.task == Task::multiclass && !profile.states.classes.empty() && out.not_estimated.empty())
    fit_classes(profile);
  if (model.task != Task::binary || !out.unusable.empty() || !out.not_estimated.empty()) return;
  const StateTable& states = profile.states;
  if (states.scores.empty()) return;
  const auto all_rows = std::span(states.scores).first(static_cast<std::size_t>(states.slots));  // segment 0
  out.calibrators = {fit_calibrator(merge_scores(all_rows))};
}

}  // namespace longwatch
