// Gradients against finite differences of the values, on a table with ties, empty masses and unscored rows.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/metrics/functional.hpp"

namespace longwatch::metrics {
namespace {

OutcomeTable random_table(unsigned seed, std::size_t scores) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> count(0, 5);
  OutcomeTable out;
  for (std::size_t j = 0; j < scores; ++j) {
    out.score.push_back(1 - (static_cast<double>(j) + 0.5) / static_cast<double>(scores));
    for (int p = 0; p < 2; ++p) {
      out.positive[p].push_back(count(random));
      out.negative[p].push_back(count(random));
    }
  }
  return out;
}

void close(OutcomeTable& table) {
  table.true_positive = table.false_positive = table.false_negative = table.true_negative = 0;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    table.true_positive += table.positive[1][j];
    table.false_positive += table.negative[1][j];
    table.false_negative += table.positive[0][j];
    table.true_negative += table.negative[0][j];
  }
  table.rows = table.true_positive + table.false_positive + table.false_negative + table.true_negative;
}

class Gradients : public testing::TestWithParam<const Functional*> {};

TEST_P(Gradients, are_those_of_the_value) {
  const IntervalRecipe& recipe = GetParam()->recipe();
  OutcomeTable table = random_table(7, 12);
  close(table);
  EXPECT_NEAR(recipe.value(table), GetParam()->value(table), 1e-12);
  const Gradient gradient = recipe.gradient(table);
  for (int p = 0; p < 2; ++p) {
    for (std::size_t j = 0; j < table.score.size(); ++j) {
      for (const bool positive : {true, false}) {
        double& mass = positive ? table.positive[p][j] : table.negative[p][j];
        const double before = mass, step = 1e-4;
        mass = before + step;
        const double up = recipe.value(table);
        mass = before - step;
        const double down = recipe.value(table);
        mass = before;
        EXPECT_NEAR((positive ? gradient.positive : gradient.negative)[j], (up - down) / (2 * step), 1e-8)
            << p << " " << j << " " << positive;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(of_scores, Gradients, testing::Values(&kRocAuc, &kAveragePrecision, &kLogLoss, &kBrierScore));

class OfConfusion : public testing::TestWithParam<const Functional*> {};

TEST_P(OfConfusion, the_recipe_has_the_value_of_the_metric) {
  OutcomeTable table = random_table(3, 40);
  close(table);
  EXPECT_NEAR(GetParam()->recipe().value(table), GetParam()->value(table), 1e-14);
}

INSTANTIATE_TEST_SUITE_P(all, OfConfusion,
                         testing::Values(&kAccuracy, &kBalancedAccuracy, &kF1, &kMatthewsCorrelation, &kPrecision,
                                         &kRecall, &kSpecificity));

// Average precision of few positives is too high on average: the mean over many samples, less the bias that each
// states, is that of the population.
TEST(AveragePrecision, states_its_bias) {
  std::mt19937 random(11);
  const std::size_t cells = 50;
  const auto share = [&](std::size_t j) { return 0.3 * std::exp(-6.0 * static_cast<double>(j) / cells); };
  OutcomeTable population;
  for (std::size_t j = 0; j < cells; ++j) {
    population.score.push_back(1 - static_cast<double>(j) / cells);
    for (int p = 0; p < 2; ++p) {
      population.positive[p].push_back(p == 0 ? share(j) : 0);
      population.negative[p].push_back(p == 0 ? 1 - share(j) : 0);
    }
  }
  const double truth = kAveragePrecision.value(population);
  double plain = 0, corrected = 0;
  const int repeats = 4000;
  for (int r = 0; r < repeats; ++r) {
    OutcomeTable table = population;
    double positives = 0;
    for (std::size_t j = 0; j < cells; ++j) {
      table.positive[0][j] = std::poisson_distribution<int>(8 * population.positive[0][j])(random);
      table.negative[0][j] = std::poisson_distribution<int>(8 * population.negative[0][j])(random);
      positives += table.positive[0][j];
    }
    ASSERT_GT(positives, 0);
    const IntervalRecipe& recipe = kAveragePrecision.recipe();
    const Gradient gradient = recipe.gradient(table);
    const double value = recipe.value(table);
    plain += value / repeats;
    corrected += (value - recipe.bias(table, nullptr, gradient).value) / repeats;
  }
  EXPECT_GT(std::abs(plain - truth), 0.015);
  EXPECT_LT(std::abs(corrected - truth), 0.3 * std::abs(plain - truth));
}

}  // namespace
}  // namespace longwatch::metrics
