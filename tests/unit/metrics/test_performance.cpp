// Classification metrics against scikit-learn (tests/data/metrics/make_performance.py), and where there is no value.
#include <gmock/gmock.h>

#include <functional>
#include <set>

#include "engine/metrics/functional.hpp"
#include "tests/support/random.hpp"
#include "tests/unit/metrics/score_cells.hpp"

namespace longwatch::test {
namespace {

const std::set<std::string> kNames = {"accuracy", "average_precision", "balanced_accuracy",    "brier_score",
                                      "f1",       "log_loss",          "matthews_correlation", "precision",
                                      "recall",   "roc_auc",           "specificity"};

std::vector<ScoreRows> table_of(const nlohmann::json& rows) {
  std::vector<ScoreRows> out;
  for (const auto& row : rows) {
    const auto label = row[2].is_null() ? std::nullopt : std::optional<bool>(row[2].get<int>() == 1);
    out.push_back({row[0], row[1].get<int>() == 1, label, row[3]});
  }
  return out;
}

Calibrator calibrator_of(const nlohmann::json& knots) {
  Calibrator out;
  for (const auto& knot : knots) {
    out.scores.push_back(knot[0]);
    out.probabilities.push_back(knot[1]);
  }
  return out;
}

void expect_all(const nlohmann::json& expected, const std::string& what,
                const std::function<MetricValue(const std::string&)>& value) {
  for (const std::string& name : kNames) {
    const MetricValue actual = value(name);
    const std::string place = what + ", " + name;
    if (!expected.contains(name)) {
      EXPECT_TRUE(std::isnan(actual.value)) << place << ": " << actual.value;
      EXPECT_NE(actual.status, "ok") << place;
      continue;
    }
    const double wanted = expected[name];
    EXPECT_EQ(actual.status, "ok") << place;
    // Near 0 scikit-learn's own correlation has lost its digits.
    EXPECT_NEAR(actual.value, wanted, 1e-12 * std::max(std::abs(wanted), name == "matthews_correlation" ? 1.0 : 0.0))
        << place;
  }
}

TEST(Performance, AsScikitLearn) {
  const nlohmann::json file = expected_values("performance.json");
  ASSERT_GE(file["cases"].size(), 15u);
  for (const auto& [name, entry] : file["cases"].items()) {
    const ScoreCell cell(table_of(entry["table"]), calibrator_of(file["knots"]));
    expect_all(entry["realized"], "realized, " + name, [&](const std::string& m) { return cell.realized(m); });
    expect_all(entry["estimated"], "estimated, " + name, [&](const std::string& m) { return cell.estimated(m); });
  }
}

TEST(Performance, SaysWhyThereIsNoValue) {
  const ScoreCell positives({{0.2, false, true, 4}});
  EXPECT_EQ(positives.realized("roc_auc").status, "undefined: only one class occurs here");
  EXPECT_EQ(positives.realized("precision").status, "undefined: no row is predicted positive");
  EXPECT_EQ(positives.realized("specificity").status, "undefined: no row is negative");
  EXPECT_EQ(positives.realized("recall").value, 0);
  EXPECT_EQ(positives.realized("f1").value, 0);
  const ScoreCell unlabelled({{0.2, false, std::nullopt, 4}});
  EXPECT_EQ(unlabelled.realized("roc_auc").status, "insufficient_data");
  EXPECT_EQ(unlabelled.realized("roc_auc").labels_rate, 0);
  EXPECT_EQ(unlabelled.estimated("roc_auc").value, 0.5);
  EXPECT_EQ(ScoreCell(std::vector<ScoreRows>{}).realized("accuracy").status, "insufficient_data");
  EXPECT_EQ(metric("roc_auc", Family::realized_performance).compute({}).status, "undefined: the model has no scores");
}

TEST(Performance, AReferenceWithoutLabelsLeavesRealizedValues) {
  ScoreCell cell({{0.2, false, true, 4}, {0.9, true, true, 4}, {0.4, true, false, 4}});
  cell.profile.not_estimated = "undefined: the reference has no labels";
  cell.profile.calibrators.clear();
  cell.refresh();
  EXPECT_EQ(cell.estimated("accuracy").status, "undefined: the reference has no labels");
  EXPECT_EQ(cell.realized("accuracy").status, "ok");
  cell.profile.unusable = "undefined: the model has no target";
  cell.refresh();
  EXPECT_EQ(cell.realized("accuracy").status, "undefined: the model has no target");
  EXPECT_EQ(cell.estimated("accuracy").status, "undefined: the model has no target");
}

TEST(Performance, RowsWithoutScoreCountInTheConfusionMatrixOnly) {
  ScoreState state = score_state({{0.2, false, true, 4}, {0.9, true, true, 3}, {0.4, false, false, 5}});
  const double area = ScoreCell(state, {}).realized("roc_auc").value;
  state.rows += 12;
  state.missing_scores = 12;
  state.unscored[ScoreEntry::code_of(true, LabelCode::negative)] = 2;
  state.unscored[ScoreEntry::code_of(true, LabelCode::unknown)] = 10;
  const ScoreCell cell(state, {});
  EXPECT_EQ(cell.realized("roc_auc").value, area);
  EXPECT_EQ(cell.realized("precision").value, 3.0 / 5);
  EXPECT_EQ(cell.realized("accuracy").value, 8.0 / 14);
  EXPECT_EQ(cell.realized("accuracy").labels_rate, 14.0 / 24);
  EXPECT_NEAR(cell.estimated("precision").value, 0.9, 1e-15);  // scored rows only
}

TEST(Performance, EventsAreOfTheSmallerClassOfTheDenominator) {
  const ScoreCell cell({{0.2, false, true, 4}, {0.9, true, true, 3}, {0.4, false, false, 5}, {0.8, true, false, 1}});
  EXPECT_EQ(cell.realized("roc_auc").events, 6);
  EXPECT_EQ(cell.realized("recall").events, 7);
  EXPECT_EQ(cell.realized("precision").events, 4);
  EXPECT_EQ(cell.realized("specificity").events, 6);
  EXPECT_TRUE(std::isnan(cell.realized("accuracy").events));
}

// Pairs of rows, counted one by one.
double pairs_in_order(const std::vector<ScoreRows>& table) {
  double right = 0;
  double all = 0;
  for (const ScoreRows& a : table) {
    for (const ScoreRows& b : table) {
      if (!a.label || !b.label || !*a.label || *b.label) continue;
      const double pairs = static_cast<double>(a.rows * b.rows);
      all += pairs;
      right += a.score > b.score ? pairs : a.score == b.score ? pairs / 2 : 0;
    }
  }
  return right / all;
}

TEST(Performance, RocAucCountsPairs) {
  Random random(11);
  for (int round = 0; round < 20; ++round) {
    std::vector<ScoreRows> table;
    for (int i = 0; i < 60; ++i) {
      const double score = static_cast<double>(random.below(20)) / 20;
      table.push_back(
          {score, random.below(2) == 1, random.below(3) == 0, static_cast<std::int64_t>(1 + random.below(9))});
    }
    EXPECT_NEAR(ScoreCell(table).realized("roc_auc").value, pairs_in_order(table), 1e-14);
  }
}

}  // namespace
}  // namespace longwatch::test
