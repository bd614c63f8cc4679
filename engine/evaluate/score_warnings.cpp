// Counts are of the score states; names of texts are those that the columns' states keep.
#include "engine/evaluate/score_warnings.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "engine/model/class_labels.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kNamed = 3;

struct Faults {
  std::int64_t rows = 0;
  std::int64_t scores = 0;
  std::int64_t predictions = 0;
  std::int64_t labels = 0;
};

Faults faults_of(const StateTable& table) {
  Faults out;
  for (std::int64_t slot = 0; slot < table.slots && !table.scores.empty(); ++slot) {
    const ScoreState& cell = table.scores[table.cell(0, slot)];
    out.rows += cell.rows;
    out.scores += cell.invalid_scores;
    out.predictions += cell.unmapped_predictions;
    out.labels += cell.unmapped_labels;
  }
  return out;
}

// The first texts, bytewise, of a column that stand for no class.
std::string unmapped_texts(const LabelRule& rule, const ReferenceProfile& profile, const StateTable& table, Role role) {
  std::set<std::string_view> texts;
  const std::vector<std::string>& classes = profile.performance.classes;
  const auto add = [&](std::string_view text) {
    const std::string label = rule.of(text);
    if (!label.empty() && std::find(classes.begin(), classes.end(), label) == classes.end()) texts.insert(text);
  };
  for (std::size_t c = 0; c < profile.columns.size(); ++c) {
    if (profile.columns[c].column.role != role || c >= table.categories.size() || table.categories[c].empty()) continue;
    for (std::int64_t slot = 0; slot < table.slots; ++slot) {
      const CategoryState& cell = table.categories[c][table.cell(0, slot)];
      for (const auto& entry : cell.categories) add(profile.columns[c].categories[entry.code]);
      for (const UnseenValue& value : cell.unseen_values) add(value.text);
    }
  }
  std::string out;
  std::size_t shown = 0;
  for (const std::string_view text : texts) {
    if (shown++ == kNamed) return out + ", ...";
    out += (out.empty() ? "'" : ", '") + std::string(text) + "'";
  }
  return out;
}

void add_warnings(const LabelRule& rule, const ReferenceProfile& profile, const StateTable& table, const char* period,
                  std::vector<std::string>& out) {
  const Faults faults = faults_of(table);
  const auto of = [&](std::int64_t count) {
    return std::to_string(count) + " of " + std::to_string(faults.rows) + " rows of the " + period + " have a ";
  };
  if (faults.scores > 0)
    out.push_back(of(faults.scores) + "score outside [0, 1]; they count as rows without a score");
  if (faults.predictions > 0) {
    out.push_back(of(faults.predictions) + "prediction that stands for neither class (" +
                  unmapped_texts(rule, profile, table, Role::prediction) +
                  "); they count as rows without a prediction (label_map can map it)");
  }
  if (faults.labels > 0) {
    out.push_back(of(faults.labels) + "label that stands for neither class (" +
                  unmapped_texts(rule, profile, table, Role::target) + "); it counts as unknown (label_map can map it)");
  }
}

}  // namespace

std::vector<std::string> score_warnings(const ModelConfig& model, const ReferenceProfile& profile,
                                        const StateTable& analysis) {
  std::vector<std::string> out;
  const PerformanceProfile& performance = profile.performance;
  if (model.task == Task::binary && !performance.unusable.empty()) out.push_back("performance is " + performance.unusable);
  const LabelRule rule(model);
  add_warnings(rule, profile, profile.states, "reference", out);
  add_warnings(rule, profile, analysis, "analysis", out);
  return out;
}

}  // namespace longwatch
