// Business value and the user's own metrics of several classes, against sums over the rows and rows drawn anew.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/config/totals.hpp"
#include "engine/metrics/classes_view.hpp"
#include "tests/support/class_oracle.hpp"
#include "tests/support/random.hpp"
#include "tests/unit/metrics/score_cells.hpp"

namespace longwatch::test {
namespace {

const std::vector<std::string> kClasses = {"a", "b", "c"};
// By label, then prediction; b predicted as a is worth nothing.
constexpr double kWorth[3][3] = {{10, -5, -1}, {0, 4, -2}, {-30, 1, 7}};

ModelConfig config() {
  ModelConfig out;
  out.task = Task::multiclass;
  for (std::size_t l = 0; l < 3; ++l) {
    for (std::size_t p = 0; p < 3; ++p) {
      if (kWorth[l][p] != 0) out.class_costs[kClasses[l]][kClasses[p]] = kWorth[l][p];
    }
  }
  out.custom_metrics = {{"square", "correct * correct / rows"},
                        {"ratio", "true_a_pred_a / (true_a_pred_a + true_b_pred_a + 20)"},
                        {"share", "true_c_pred_b / labels"},
                        {"growing", "correct * true_a_pred_b"}};
  return out;
}

struct Cell {
  PerformanceProfile profile;
  ClassState state;
  ClassesView view;
  explicit Cell(const std::vector<ClassRow>& rows) {
    profile.classes = kClasses;
    profile.calibrators.resize(3);
    for (const ClassRow& row : rows) update_classes(state, 3, {0, 1, 2}, std::vector<OracleMap>(3), row);
    view.assign(state, profile);
  }
  Cell(const Cell&) = delete;
};

struct Asked {
  const char* metric;
  std::size_t variant;
};
const Asked kAsked[] = {{"business_value", 0}, {"business_value_per_prediction", 0},
                        {"custom", 0},         {"custom", 1},
                        {"custom", 2},         {"custom", 3}};

MetricValue value_of(const Cell& cell, const Asked& asked, Family family, const ModelConfig& model,
                     const Cell* reference = nullptr) {
  MetricInput input;
  input.classes = &cell.view;
  input.model = &model;
  input.variant = asked.variant;
  if (reference != nullptr) input.reference_classes = &reference->view;
  return metric(asked.metric, family).compute(input);
}

ClassRow drawn_row(Random& random) {
  ClassRow out;
  double sum = 0;
  std::vector<double> weights;
  for (int c = 0; c < 3; ++c) sum += weights.emplace_back(-std::log(random.uniform() + 1e-12));
  for (const double weight : weights) out.scores.emplace_back(weight / sum);
  out.predicted = static_cast<int>(std::max_element(weights.begin(), weights.end()) - weights.begin());
  double left = random.uniform();
  for (out.label = 0; out.label < 2 && (left -= *out.scores[static_cast<std::size_t>(out.label)]) >= 0;) ++out.label;
  return out;
}

std::vector<ClassRow> drawn_rows(int count, Random& random) {
  std::vector<ClassRow> out;
  for (int i = 0; i < count; ++i) out.push_back(drawn_row(random));
  return out;
}

/// The same metrics from a matrix by label, then prediction.
std::vector<double> expected_values(const double m[3][3]) {
  double rows = 0, worth = 0;
  for (int l = 0; l < 3; ++l) {
    for (int p = 0; p < 3; ++p) {
      rows += m[l][p];
      worth += m[l][p] * kWorth[l][p];
    }
  }
  const double correct = m[0][0] + m[1][1] + m[2][2];
  return {worth,          worth / rows,     correct * correct / rows, m[0][0] / (m[0][0] + m[1][0] + 20),
          m[2][1] / rows, correct * m[0][1]};
}

TEST(ClassBusiness, IsTheSumOverTheRows) {
  Random random(2);
  std::vector<ClassRow> rows = drawn_rows(200, random);
  double realized[3][3] = {}, estimated[3][3] = {};
  for (const ClassRow& row : rows) {
    realized[row.label][row.predicted] += 1;
    for (int l = 0; l < 3; ++l) estimated[l][row.predicted] += *row.scores[static_cast<std::size_t>(l)];
  }
  const Cell cell(rows);
  const ModelConfig model = config();
  for (std::size_t k = 0; k < std::size(kAsked); ++k) {
    EXPECT_NEAR(value_of(cell, kAsked[k], Family::realized_performance, model).value, expected_values(realized)[k],
                1e-9);
    EXPECT_NEAR(value_of(cell, kAsked[k], Family::estimated_performance, model).value, expected_values(estimated)[k],
                1e-6);
  }
}

TEST(ClassBusiness, IntervalsCover) {
  constexpr int kDraws = 700;
  constexpr int kRows = 600;
  Random many(4);
  double shares[3][3] = {};
  for (int i = 0; i < 1'000'000; ++i) {
    const ClassRow row = drawn_row(many);
    for (int l = 0; l < 3; ++l) shares[l][row.predicted] += *row.scores[static_cast<std::size_t>(l)] * kRows / 1e6;
  }
  const std::vector<double> truth = expected_values(shares);
  const ModelConfig model = config();
  Random random(8);
  int estimated[6] = {}, realized[6] = {}, predicted[6] = {};
  for (int draw = 0; draw < kDraws; ++draw) {
    const Cell cell(drawn_rows(kRows, random));
    for (std::size_t k = 0; k < std::size(kAsked); ++k) {
      const MetricValue estimate = value_of(cell, kAsked[k], Family::estimated_performance, model);
      const MetricValue value = value_of(cell, kAsked[k], Family::realized_performance, model);
      EXPECT_STREQ(estimate.interval_method, "delta");
      estimated[k] += estimate.ci_lower <= truth[k] && truth[k] <= estimate.ci_upper;
      realized[k] += value.ci_lower <= truth[k] && truth[k] <= value.ci_upper;
      predicted[k] += estimate.pi_lower <= value.value && value.value <= estimate.pi_upper;
    }
  }
  for (std::size_t k = 0; k < std::size(kAsked); ++k) {
    for (const int count : {estimated[k], realized[k], predicted[k]}) {
      EXPECT_GE(count, 0.922 * kDraws) << k;
      EXPECT_LE(count, 0.978 * kDraws) << k;
    }
  }
}

TEST(ClassBusiness, ChanceIsThatOfChunksOfTheReference) {
  constexpr int kPairs = 200;
  const ModelConfig model = config();
  Random random(10);
  for (const Family family : {Family::estimated_performance, Family::realized_performance}) {
    double squares[6] = {};
    for (int pair = 0; pair < kPairs; ++pair) {
      const Cell reference(drawn_rows(900, random));
      const Cell chunk(drawn_rows(300, random));
      for (std::size_t k = 0; k < std::size(kAsked); ++k) {
        const MetricValue value = value_of(chunk, kAsked[k], family, model, &reference);
        squares[k] += std::pow((value.value - value.null.expected) / value.null.error, 2) / kPairs;
      }
    }
    for (std::size_t k = 0; k < std::size(kAsked); ++k)
      EXPECT_NEAR(std::sqrt(squares[k]), 1, 0.17) << k << family_name(family);
  }
}

// Costs name labels as people write them; classes are what these stand for.
TEST(ClassBusiness, CostsFollowTheLabelMap) {
  Random random(6);
  const Cell cell(drawn_rows(100, random));
  const double wanted = value_of(cell, kAsked[0], Family::realized_performance, config()).value;
  ModelConfig model = config();
  model.label_map = {{"first", "a"}, {"TRUE", "b"}};
  std::map<std::string, std::map<std::string, double>> costs;
  const auto written = [](const std::string& label) { return label == "a" ? "first" : label == "b" ? "1.0" : label; };
  for (const auto& [truth, row] : model.class_costs) {
    for (const auto& [predicted, value] : row) costs[written(truth)][written(predicted)] = value;
  }
  model.class_costs = costs;
  EXPECT_DOUBLE_EQ(value_of(cell, kAsked[0], Family::realized_performance, model).value, wanted);
  model.class_costs["a"]["first"] = 3;  // "first" as "first" is worth 10
  EXPECT_EQ(value_of(cell, kAsked[0], Family::realized_performance, model).status,
            "undefined: the costs have two values for label 'a' predicted as 'a' (label_map makes labels one)");
  model.class_costs = {{"d", {{"a", 1}}}};
  EXPECT_EQ(value_of(cell, kAsked[0], Family::realized_performance, model).status,
            "undefined: the costs name the class 'd', which the reference lacks");
}

TEST(ClassBusiness, TotalsAreCalledAsTheScoresOrTheClasses) {
  Random random(6);
  const Cell cell(drawn_rows(100, random));
  ModelConfig model = config();
  model.label_map = {{"first", "a"}};
  model.class_scores = {{"first", "x"}, {"b", "y"}, {"c", "z"}};
  model.custom_metrics = {{"one", "true_a_pred_b"}, {"other", "true_first_pred_b"}, {"wrong", "true_first_pred_d"}};
  const MetricValue one = value_of(cell, {"custom", 0}, Family::realized_performance, model);
  EXPECT_GT(one.value, 0);
  EXPECT_EQ(value_of(cell, {"custom", 1}, Family::realized_performance, model).value, one.value);
  EXPECT_EQ(value_of(cell, {"custom", 2}, Family::realized_performance, model).status,
            "undefined: there is no total 'true_first_pred_d'");
}

}  // namespace
}  // namespace longwatch::test
