// The user's own metrics of regressors against sums over the rows, the built-in metrics, and samples drawn anew.
#include <gtest/gtest.h>

#include "engine/config/totals.hpp"
#include "engine/metrics/regression.hpp"
#include "tests/support/random.hpp"
#include "tests/unit/metrics/score_cells.hpp"

namespace longwatch::test {
namespace {

ModelConfig model_of(const std::string& expression) {
  ModelConfig out;
  out.task = Task::regression;
  out.custom_metrics = {{"own", expression}};
  return out;
}

MetricValue own(const std::string& expression, MetricInput input, Family family = Family::realized_performance) {
  const ModelConfig model = model_of(expression);
  input.model = &model;
  return metric("custom", family).compute(input);
}

// Errors with a mean of 0.5 and long tails.
double drawn_error(Random& random) { return 0.5 + random.normal() * (random.below(4) == 0 ? 2 : 1); }
constexpr double kSquare = 0.25 + 0.25 * 4 + 0.75;  // population's mean square

ResidualState drawn_state(int rows, Random& random) {
  ResidualState out;
  for (int i = 0; i < rows; ++i) {
    const double label = 5 * random.normal();
    out.add(label + drawn_error(random), label, 0);
  }
  out.rows = out.labelled;
  return out;
}

TEST(ResidualTotals, AreSumsOverTheRows) {
  ResidualState state;
  const std::vector<std::pair<double, double>> rows = {{3, 1}, {2, 4}, {5, 5.5}, {-1, 1}};  // prediction, label
  for (const auto& [prediction, label] : rows) state.add(prediction, label, 0);
  state.rows = state.labelled + 3;
  state.unpredicted = 3;
  state.labels_alone = 2;
  MetricInput input;
  input.residuals = &state;
  const std::map<std::string, double> expected = {
      {"rows", 4}, {"labels", 6}, {"sum_error", 2 - 2 - 0.5 - 2}, {"sum_abs_error", 6.5}, {"sum_squared_error", 12.25}};
  for (const std::string& name : total_names(Task::regression, {})) {
    const MetricValue found = own(name, input);
    EXPECT_EQ(found.status, "ok") << name;
    EXPECT_DOUBLE_EQ(found.value, expected.at(name)) << name;
    EXPECT_DOUBLE_EQ(found.labels_rate, 6.0 / 7) << name;
  }
  EXPECT_DOUBLE_EQ(own("sum_error / sum_abs_error", input).value, -2.5 / 6.5);
  EXPECT_EQ(own("1 / (rows - 4)", input).status, "undefined: division by zero");
  EXPECT_EQ(own("sum_error", MetricInput()).status, "undefined: the model has no residuals");
  const ResidualState none;
  input.residuals = &none;
  EXPECT_EQ(own("sum_error", input).status, "insufficient_data");
}

// A mean written as an expression has the interval and the chance of the metric of that name.
TEST(ResidualTotals, MeansAreThoseOfTheirMetrics) {
  Random random(3);
  const ResidualState reference = drawn_state(2'000, random), state = drawn_state(300, random);
  MetricInput input;
  input.residuals = &state;
  input.reference_residuals = &reference;
  for (const auto& [name, expression] : std::map<std::string, std::string>{
           {"bias", "sum_error / rows"}, {"mae", "sum_abs_error / labels"}, {"mse", "sum_squared_error / rows"}}) {
    const MetricValue wanted = metric(name, Family::realized_performance).compute(input);
    const MetricValue found = own(expression, input);
    EXPECT_DOUBLE_EQ(found.value, wanted.value) << name;
    EXPECT_NEAR(found.standard_error / wanted.standard_error, 1, 1e-8) << name;
    EXPECT_NEAR(found.ci_lower, wanted.ci_lower, 1e-8) << name;
    EXPECT_NEAR(found.ci_upper, wanted.ci_upper, 1e-8) << name;
    EXPECT_NEAR(found.null.error / wanted.null.error, 1, 1e-8) << name;
    EXPECT_NEAR(found.null.expected, wanted.null.expected, 1e-12) << name;
  }
}

struct Truth {
  std::string expression;
  double value;
};

TEST(ResidualTotals, IntervalsCoverThePopulation) {
  constexpr int kSamples = 1'500;
  constexpr int kRows = 500;
  Random many(1);
  double size = 0;  // the population's mean size of an error, within some 0.0005
  for (int i = 0; i < 4'000'000; ++i) size += std::abs(drawn_error(many)) / 4e6;
  const std::vector<Truth> truths = {
      {"sum_error", 0.5 * kRows},
      {"sum_error / sum_abs_error", 0.5 / size},
      {"sum_squared_error / sum_abs_error", kSquare / size},
      {"sqrt(sum_squared_error / rows - (sum_error / rows) ^ 2)", std::sqrt(kSquare - 0.25)},
      {"sum_abs_error * sum_abs_error", size * size * kRows * kRows},
      {"3 * sum_abs_error - 2 * sum_error", (3 * size - 1) * kRows},
  };
  std::vector<int> covered(truths.size());
  Random random(17);
  for (int sample = 0; sample < kSamples; ++sample) {
    const ResidualState state = drawn_state(kRows, random);
    MetricInput input;
    input.residuals = &state;
    for (std::size_t k = 0; k < truths.size(); ++k) {
      const MetricValue found = own(truths[k].expression, input);
      covered[k] += found.ci_lower <= truths[k].value && truths[k].value <= found.ci_upper;
    }
  }
  for (std::size_t k = 0; k < truths.size(); ++k) {
    EXPECT_GE(covered[k], 0.93 * kSamples) << truths[k].expression;
    EXPECT_LE(covered[k], 0.968 * kSamples) << truths[k].expression;
  }
}

TEST(ResidualTotals, ChanceIsThatOfChunksOfTheReference) {
  constexpr int kPairs = 300;
  const std::vector<std::string> expressions = {"sum_error", "sum_error / sum_abs_error",
                                                "sum_abs_error * sum_squared_error"};
  std::vector<double> squares(expressions.size());
  Random random(19);
  for (int pair = 0; pair < kPairs; ++pair) {
    const ResidualState reference = drawn_state(1'500, random), chunk = drawn_state(400, random);
    MetricInput input;
    input.residuals = &chunk;
    input.reference_residuals = &reference;
    for (std::size_t k = 0; k < expressions.size(); ++k) {
      const MetricValue found = own(expressions[k], input);
      squares[k] += std::pow((found.value - found.null.expected) / found.null.error, 2) / kPairs;
    }
  }
  for (std::size_t k = 0; k < expressions.size(); ++k) EXPECT_NEAR(std::sqrt(squares[k]), 1, 0.14) << expressions[k];
}

// Estimated: totals are rows times the estimated means, and half widths of several losses add up.
TEST(ResidualTotals, EstimatesAreThoseOfTheLosses) {
  ReferenceProfile profile;
  profile.losses.unusable.clear();
  profile.losses.labelled_rows = 100;
  for (LossModel& model : profile.losses.models) {
    model.residual_variance = 9;
    model.square_mean = 18;
  }
  LossState chunk, reference;
  const auto fill = [](LossState& state, const std::vector<double>& estimates) {
    state.estimated = static_cast<std::int64_t>(estimates.size());
    for (std::size_t loss = 0; loss < kLosses; ++loss) {
      for (const double estimate : estimates) state.losses[loss].add(estimate * static_cast<double>(loss + 1));
    }
  };
  fill(chunk, {2, 4, 4, 6});
  fill(reference, {1, 2, 3, 4, 5, 6});
  MetricInput input;
  input.profile = &profile;
  input.losses = &chunk;
  input.reference_losses = &reference;
  const auto builtin = [&](const char* name) { return metric(name, Family::estimated_performance).compute(input); };
  const MetricValue mae = builtin("mae"), bias = builtin("bias");
  const MetricValue one = own("sum_abs_error / rows", input, Family::estimated_performance);
  EXPECT_DOUBLE_EQ(one.value, mae.value);
  EXPECT_NEAR(one.standard_error, mae.standard_error, 1e-8);
  EXPECT_NEAR(one.ci_upper, mae.ci_upper, 1e-8);
  EXPECT_NEAR(one.pi_lower, 2 * mae.value - mae.pi_upper, 1e-8);
  EXPECT_NEAR(one.null.expected, mae.null.expected, 1e-12);
  EXPECT_NEAR(one.null.error, mae.null.error, 1e-8);
  const MetricValue both = own("sum_error - 2 * sum_abs_error + 3 * labels", input, Family::estimated_performance);
  EXPECT_NEAR(both.value, 4 * (bias.value - 2 * mae.value + 3), 1e-9);
  const double half = 4 * (bias.ci_upper - bias.value + 2 * (mae.ci_upper - mae.value));
  EXPECT_NEAR(both.ci_upper - both.value, half, 1e-6);
  EXPECT_EQ(own("rows", input, Family::estimated_performance).value, 4);
  profile.losses.models[static_cast<std::size_t>(Loss::absolute)].unusable = "undefined: a reason";
  EXPECT_EQ(own("sum_abs_error", input, Family::estimated_performance).status, "undefined: a reason");
  EXPECT_EQ(own("sum_error", input, Family::estimated_performance).status, "ok");
}

}  // namespace
}  // namespace longwatch::test
