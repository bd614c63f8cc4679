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
  std::int64_t unnormalised = 0;
  std::int64_t incomplete = 0;
  std::int64_t predictions = 0;
  std::int64_t labels = 0;
};

template <class State>
void add_faults(const State& cell, Faults& out) {
  out.rows += cell.rows;
  out.scores += cell.invalid_scores;
  out.predictions += cell.unmapped_predictions;
  out.labels += cell.unmapped_labels;
}

Faults faults_of(const StateTable& table) {
  Faults out;
  for (std::int64_t slot = 0; slot < table.slots; ++slot) {
    const std::size_t cell = table.cell(0, slot);
    if (!table.scores.empty()) add_faults(table.scores[cell], out);
    if (table.classes.empty()) continue;
    add_faults(table.classes[cell], out);
    out.unnormalised += table.classes[cell].unnormalised_scores;
    out.incomplete += table.classes[cell].missing_scores;
  }
  return out;
}

// The first labels of a column, bytewise, that stand for no class.
std::string unmapped_labels(const ReferenceProfile& profile, const StateTable& table, Role role) {
  std::set<std::string_view> texts;
  const std::vector<std::string>& classes = profile.performance.classes;
  const auto add = [&](std::string_view label) {
    if (!label.empty() && std::find(classes.begin(), classes.end(), label) == classes.end()) texts.insert(label);
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

void add_warnings(const ReferenceProfile& profile, const StateTable& table, const char* period,
                  std::vector<std::string>& out) {
  const Faults faults = faults_of(table);
  const bool multiclass = !table.classes.empty();
  const auto of = [&](std::int64_t count) {
    return std::to_string(count) + " of " + std::to_string(faults.rows) + " rows of the " + period + " ";
  };
  const std::string without =
      multiclass ? "; they count as rows without scores" : "; they count as rows without a score";
  if (faults.scores > 0) out.push_back(of(faults.scores) + "have a score outside [0, 1]" + without);
  if (faults.unnormalised > 0) out.push_back(of(faults.unnormalised) + "have scores that do not add up to 1" + without);
  if (faults.incomplete > 0) out.push_back(of(faults.incomplete) + "lack the score of a class" + without);
  const std::string stands = std::string("that stands for ") + (multiclass ? "no" : "neither") + " class (";
  if (faults.predictions > 0) {
    out.push_back(of(faults.predictions) + "have a prediction " + stands +
                  unmapped_labels(profile, table, Role::prediction) +
                  "); they count as rows without a prediction (label_map can map it)");
  }
  if (faults.labels > 0) {
    out.push_back(of(faults.labels) + "have a label " + stands + unmapped_labels(profile, table, Role::target) +
                  "); it counts as unknown (label_map can map it)");
  }
}

}  // namespace

std::vector<std::string> score_warnings(const ModelConfig& model, const ReferenceProfile& profile,
                                        const StateTable& analysis) {
  std::vector<std::string> out;
  const PerformanceProfile& performance = profile.performance;
  if (is_classifier(model.task) && !performance.unusable.empty())
    out.push_back("performance is " + performance.unusable);
  add_warnings(profile, profile.states, "reference", out);
  add_warnings(profile, analysis, "analysis", out);
  return out;
}

}  // namespace longwatch
