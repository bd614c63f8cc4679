// Metrics of several classes against scikit-learn (tests/data/metrics/make_classes.py), and where there is no value.
#include <gmock/gmock.h>

#include "engine/metrics/classes_view.hpp"
#include "tests/support/class_oracle.hpp"
#include "tests/unit/metrics/cells.hpp"

namespace longwatch::test {
namespace {

const std::vector<std::string> kAveraged = {"average_precision", "f1", "precision", "recall", "roc_auc", "specificity"};
const std::vector<std::string> kOwn = {"accuracy", "balanced_accuracy", "brier_score", "log_loss",
                                       "matthews_correlation"};

const Metric& metric_of(const std::string& name, Family family) {
  for (const Metric* entry : all_metrics()) {
    if (entry->name == name && entry->family == family) return *entry;
  }
  ADD_FAILURE() << "no metric " << name << " in " << family_name(family);
  return *all_metrics().front();
}

struct ClassCell {
  PerformanceProfile profile;
  ClassState state;
  ClassesView view;

  ClassCell(std::size_t classes, const std::vector<int>& scored, const std::vector<ClassRow>& rows) {
    for (std::size_t c = 0; c < classes; ++c) profile.classes.push_back("c" + std::to_string(c));
    profile.calibrators.resize(classes);
    const std::vector<OracleMap> maps(scored.size());
    for (const ClassRow& row : rows) update_classes(state, classes, scored, maps, row);
    view.assign(state, profile);
  }
  ClassCell(const ClassCell&) = delete;

  [[nodiscard]] MetricValue value(const std::string& name, Family family) const {
    MetricInput input;
    input.classes = &view;
    input.rows = state.rows;
    return metric_of(name, family).compute(input);
  }
  [[nodiscard]] MetricValue realized(const std::string& name) const {
    return value(name, Family::realized_performance);
  }
  [[nodiscard]] MetricValue estimated(const std::string& name) const {
    return value(name, Family::estimated_performance);
  }
};

std::vector<ClassRow> rows_of(const nlohmann::json& rows, std::size_t scored) {
  std::vector<ClassRow> out;
  for (const auto& row : rows) {
    ClassRow one;
    one.scores.resize(scored);
    for (std::size_t i = 0; i < scored && !row[0].is_null(); ++i) one.scores[i] = row[0][i].get<double>();
    one.predicted = row[1];
    if (!row[2].is_null()) one.label = row[2];
    out.push_back(std::move(one));
  }
  return out;
}

void expect_value(const nlohmann::json& expected, const std::string& name, const MetricValue& actual,
                  const std::string& what) {
  const std::string place = what + ", " + name;
  if (!expected.contains(name)) {
    // scikit-learn cannot score labels that have no score; a mean over those that have one is still a value.
    if (what.find("without a score") != std::string::npos) return;
    EXPECT_NE(actual.status, "ok") << place << ": " << actual.value;
    return;
  }
  EXPECT_EQ(actual.status, "ok") << place;
  const double wanted = expected[name];
  EXPECT_NEAR(actual.value, wanted, 1e-12 * std::max(1.0, std::abs(wanted))) << place;
}

TEST(Classes, AsScikitLearn) {
  const nlohmann::json file = expected_values("classes.json");
  ASSERT_GE(file.size(), 12u);
  for (const auto& [name, entry] : file.items()) {
    const std::vector<int> scored = entry["scored"];
    const ClassCell cell(entry["classes"], scored, rows_of(entry["rows"], scored.size()));
    std::vector<std::string> names = kOwn;
    for (const std::string& metric : kAveraged) {
      for (const char* average : {"", "_micro", "_weighted"}) names.push_back(metric + average);
    }
    for (const std::string& metric : names) {
      expect_value(entry["realized"], metric, cell.realized(metric), "realized, " + name);
      expect_value(entry["estimated"], metric, cell.estimated(metric), "estimated, " + name);
    }
  }
}

TEST(Classes, SayWhyThereIsNoValue) {
  const ClassCell cell(3, {0, 1, 2}, {{{0.5, 0.25, 0.25}, 0, 0}, {{0.25, 0.5, 0.25}, 1, 1}});
  EXPECT_EQ(cell.realized("roc_auc").status, "undefined: class 'c2' does not occur here, or no other does");
  EXPECT_EQ(cell.realized("roc_auc_weighted").value, 1);
  EXPECT_EQ(cell.realized("f1").value, 1) << "of the classes that occur";
  EXPECT_EQ(cell.realized("accuracy").labels_rate, 1);
  const ClassCell unlabelled(3, {0, 1, 2}, {{{0.5, 0.25, 0.25}, 0, -1}});
  EXPECT_EQ(unlabelled.realized("f1").status, "insufficient_data");
  EXPECT_EQ(unlabelled.realized("f1").labels_rate, 0);
  EXPECT_EQ(unlabelled.estimated("accuracy").value, 0.5);
  const ClassCell one(3, {0, 1, 2}, {{{0.5, 0.25, 0.25}, 0, 0}});
  EXPECT_EQ(one.realized("balanced_accuracy").status, "undefined: only one class occurs here");
  EXPECT_EQ(ClassCell(3, {0, 1, 2}, {}).realized("accuracy").status, "insufficient_data");
}

TEST(Classes, AReferenceWithoutLabelsLeavesRealizedValues) {
  ClassCell cell(3, {0, 1, 2}, {{{0.5, 0.25, 0.25}, 0, 0}, {{0.25, 0.5, 0.25}, 1, 1}});
  cell.profile.not_estimated = "undefined: the reference has no labels";
  cell.profile.calibrators.clear();
  cell.view.assign(cell.state, cell.profile);
  EXPECT_EQ(cell.estimated("accuracy").status, "undefined: the reference has no labels");
  EXPECT_EQ(cell.realized("accuracy").value, 1);
}

TEST(Classes, RowsWithoutUsableScoresCountInTheConfusionMatrixOnly) {
  const std::vector<ClassRow> rows = {
      {{0.5, 0.25, 0.25}, 0, 0}, {{0.25, 0.5, 0.25}, 1, 1}, {{0.25, 0.5, 0.25}, 2, 2}, {{0.75, 0.25, 0.0}, 0, 1}};
  std::vector<ClassRow> more = rows;
  more.push_back({{0.5, 0.5, 0.5}, 2, 0});
  more.push_back({{std::nullopt, 0.5, 0.5}, 2, 0});
  more.push_back({{1.5, -0.5, 0.0}, 2, 0});
  const ClassCell few(3, {0, 1, 2}, rows);
  const ClassCell many(3, {0, 1, 2}, more);
  EXPECT_EQ(many.realized("roc_auc").value, few.realized("roc_auc").value);
  EXPECT_EQ(many.realized("log_loss").value, few.realized("log_loss").value);
  EXPECT_EQ(few.realized("accuracy").value, 3.0 / 4);
  EXPECT_EQ(many.realized("accuracy").value, 3.0 / 7);
  EXPECT_EQ(many.estimated("accuracy").value, few.estimated("accuracy").value);
}

}  // namespace
}  // namespace longwatch::test
