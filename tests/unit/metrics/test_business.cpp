// Business value and the user's own metrics against sums over the rows.
#include <gtest/gtest.h>

#include "engine/config/totals.hpp"
#include "tests/unit/metrics/score_cells.hpp"

namespace longwatch::test {
namespace {

const std::vector<ScoreRows> kRows{{0.9, true, true, 40}, {0.8, true, false, 6},      {0.6, false, true, 9},
                                   {0.2, false, false, 70}, {0.7, true, std::nullopt, 25}};
constexpr double kTp = 40, kFp = 6, kFn = 9, kTn = 70;

struct BusinessCell : ScoreCell {
  ModelConfig model;
  explicit BusinessCell(const std::vector<ScoreRows>& rows = kRows) : ScoreCell(rows) {
    model.task = Task::binary;
    model.costs = OutcomeValues{120, -15, -300, 1};
  }
  [[nodiscard]] MetricInput with_model(std::size_t variant = 0) const {
    MetricInput out = input();
    out.model = &model;
    out.variant = variant;
    return out;
  }
  [[nodiscard]] MetricValue value(std::string_view name, Family family, std::size_t variant = 0) const {
    return metric(name, family).compute(with_model(variant));
  }
  [[nodiscard]] MetricValue own(const std::string& expression, Family family = Family::realized_performance) {
    model.custom_metrics = {{"other", "1"}, {"own", expression}};
    return value("custom", family, 1);
  }
};

// Expected outcomes of all 150 scored rows: the scores are the probabilities.
struct Expected {
  double tp = 0, fp = 0, fn = 0, tn = 0;
  Expected() {
    for (const ScoreRows& row : kRows) {
      const auto n = static_cast<double>(row.rows);
      (row.predicted ? tp : fn) += n * row.score;
      (row.predicted ? fp : tn) += n * (1 - row.score);
    }
  }
};

TEST(BusinessValue, IsTheSumOverTheRows) {
  const BusinessCell cell;
  const double realized = 120 * kTp - 15 * kFp - 300 * kFn + kTn;
  EXPECT_DOUBLE_EQ(cell.value("business_value", Family::realized_performance).value, realized);
  EXPECT_DOUBLE_EQ(cell.value("business_value_per_prediction", Family::realized_performance).value, realized / 125);
  const Expected e;
  const double estimated = 120 * e.tp - 15 * e.fp - 300 * e.fn + e.tn;
  EXPECT_NEAR(cell.value("business_value", Family::estimated_performance).value, estimated, 1e-9);
  EXPECT_NEAR(cell.value("business_value_per_prediction", Family::estimated_performance).value, estimated / 150, 1e-12);
  EXPECT_DOUBLE_EQ(cell.value("business_value", Family::realized_performance).labels_rate, 125.0 / 150);
}

TEST(BusinessValue, IsThereOnlyWithCosts) {
  BusinessCell cell;
  const ReferenceProfile profile;
  for (const Family family : {Family::estimated_performance, Family::realized_performance}) {
    for (const char* name : {"business_value", "business_value_per_prediction"}) {
      EXPECT_EQ(metric(name, family).variants(cell.model, profile), std::vector<std::string>{name});
      EXPECT_TRUE(metric(name, family).variants(ModelConfig{}, profile).empty());
    }
  }
  const BusinessCell unlabelled({{0.5, true, std::nullopt, 10}});
  EXPECT_EQ(unlabelled.value("business_value", Family::realized_performance).status, "insufficient_data");
  EXPECT_EQ(unlabelled.value("business_value", Family::estimated_performance).value, 10 * (120 - 15) / 2.0);
}

TEST(CustomMetric, IsArithmeticOverTotals) {
  BusinessCell cell;
  EXPECT_DOUBLE_EQ(cell.own("(120*tp - 15*fp) / rows").value, (120 * kTp - 15 * kFp) / 125);
  EXPECT_DOUBLE_EQ(cell.own("positives - negatives").value, kTp + kFn - kFp - kTn);
  EXPECT_DOUBLE_EQ(cell.own("predicted_positive / predicted_negative").value, (kTp + kFp) / (kFn + kTn));
  EXPECT_DOUBLE_EQ(cell.own("fn + tn + labels").value, kFn + kTn + 125);
  const Expected e;
  EXPECT_NEAR(cell.own("tp / (tp + fp)", Family::estimated_performance).value, e.tp / (e.tp + e.fp), 1e-12);
  EXPECT_NEAR(cell.own("rows", Family::estimated_performance).value, 150, 1e-9);
}

TEST(CustomMetric, NamesEveryMetricOfTheModel) {
  BusinessCell cell;
  (void)cell.own("tp");
  const auto names = metric("custom", Family::realized_performance).variants(cell.model, ReferenceProfile{});
  EXPECT_EQ(names, (std::vector<std::string>{"other", "own"}));
  EXPECT_EQ(cell.value("custom", Family::realized_performance, 0).value, 1);
}

TEST(CustomMetric, EveryTotalOfTheTaskHasAValue) {
  BusinessCell cell;
  for (const std::string& name : total_names(Task::binary, {})) {
    const MetricValue found = cell.own(name);
    EXPECT_EQ(found.status, "ok") << name;
    EXPECT_GT(found.value, 0) << name;
  }
}

TEST(CustomMetric, DivisionByZeroIsAStatus) {
  BusinessCell cell({{0.2, false, false, 10}});
  const MetricValue found = cell.own("tp / predicted_positive");
  EXPECT_EQ(found.status, "undefined: division by zero");
  EXPECT_TRUE(std::isnan(found.value));
  EXPECT_EQ(cell.own("predicted_positive > 0 ? tp / predicted_positive : 0").value, 0);
  EXPECT_EQ(cell.own("log(tp - 1)").status, "undefined: no finite number");
}

}  // namespace
}  // namespace longwatch::test
