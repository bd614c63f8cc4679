// Intervals of the user's own metrics of binary classifiers, and what chance does to them, against rows drawn anew.
#include <gtest/gtest.h>

#include <functional>

#include "engine/metrics/reference_figures.hpp"
#include "tests/support/random.hpp"
#include "tests/unit/metrics/score_cells.hpp"

namespace longwatch::test {
namespace {

constexpr std::size_t kScores = 9;
constexpr int kRows = 900;
constexpr int kDraws = 1'500;

double score_at(std::size_t at) { return 0.08 + 0.1 * static_cast<double>(at); }
bool predicted_at(std::size_t at) { return score_at(at) >= 0.5; }
// Low scores are more frequent.
std::size_t drawn_score(Random& random) {
  const double u = random.uniform();
  return static_cast<std::size_t>(static_cast<double>(kScores) * u * u);
}

/// Shares of the population's outcomes.
struct Shares {
  double tp = 0, fp = 0, fn = 0, tn = 0;
  Shares() {
    for (std::size_t at = 0; at < kScores; ++at) {
      const auto edge = [](std::size_t k) { return std::sqrt(static_cast<double>(k) / static_cast<double>(kScores)); };
      const double share = edge(at + 1) - edge(at);
      (predicted_at(at) ? tp : fn) += share * score_at(at);
      (predicted_at(at) ? fp : tn) += share * (1 - score_at(at));
    }
  }
};

struct Own {
  const char* expression;
  std::function<double(double tp, double fp, double fn, double tn, double rows)> value;
};
const std::vector<Own>& own_metrics() {
  static const std::vector<Own> kOwn = {
      {"tp * tp / rows", [](double tp, double, double, double, double n) { return tp * tp / n; }},
      {"(120*tp - 15*fp) / rows",
       [](double tp, double fp, double, double, double n) { return (120 * tp - 15 * fp) / n; }},
      {"tp / labels", [](double tp, double, double, double, double n) { return tp / n; }},
      {"tp * tp", [](double tp, double, double, double, double) { return tp * tp; }},
      {"sqrt(tp * tn) - 2 * fp + 1000",
       [](double tp, double fp, double, double tn, double) { return std::sqrt(tp * tn) - 2 * fp + 1000; }},
      {"(tp + fn) / (rows + 500)",
       [](double tp, double, double fn, double, double n) { return (tp + fn) / (n + 500); }},
  };
  return kOwn;
}

/// Rows by score and, where it is known, label; `known`: of how many labels in ten.
std::vector<ScoreRows> drawn_rows(int rows, int known, Random& random) {
  std::vector<ScoreRows> out;
  for (std::size_t at = 0; at < kScores; ++at) {
    for (const std::optional<bool> label :
         {std::optional<bool>(true), std::optional<bool>(false), std::optional<bool>()})
      out.push_back({score_at(at), predicted_at(at), label, 0});
  }
  for (int i = 0; i < rows; ++i) {
    const std::size_t at = drawn_score(random);
    const bool label = random.uniform() < score_at(at);
    const bool is_known = static_cast<int>(random.below(10)) < known;
    ++out[3 * at + (!is_known ? 2 : label ? 0 : 1)].rows;
  }
  std::erase_if(out, [](const ScoreRows& row) { return row.rows == 0; });
  return out;
}

MetricValue own_value(const ScoreCell& cell, const ScoreCell* reference, std::size_t which, Family family) {
  ModelConfig model;
  model.task = Task::binary;
  model.custom_metrics = {{"own", own_metrics()[which].expression}};
  MetricInput input = cell.input();
  input.model = &model;
  if (reference != nullptr) input.reference_classifier = &reference->view;
  return metric("custom", family).compute(input);
}

double population_value(std::size_t which, double rows) {
  const Shares s;
  return own_metrics()[which].value(rows * s.tp, rows * s.fp, rows * s.fn, rows * s.tn, rows);
}

/// Draws in which intervals hold what they are of.
struct Covered {
  std::vector<int> estimated = std::vector<int>(own_metrics().size());
  std::vector<int> realized = std::vector<int>(own_metrics().size());
  std::vector<int> predicted = std::vector<int>(own_metrics().size());
};

// The scores are right and used as they are, so that only rows and labels are uncertain.
TEST(CustomIntervals, CoverThePopulationAndTheRealizedValue) {
  Random random(7);
  Covered covered;
  for (int draw = 0; draw < kDraws; ++draw) {
    const ScoreCell cell(drawn_rows(kRows, 10, random));
    for (std::size_t k = 0; k < own_metrics().size(); ++k) {
      const double truth = population_value(k, kRows);
      const MetricValue estimate = own_value(cell, nullptr, k, Family::estimated_performance);
      const MetricValue value = own_value(cell, nullptr, k, Family::realized_performance);
      covered.estimated[k] += estimate.ci_lower <= truth && truth <= estimate.ci_upper;
      covered.realized[k] += value.ci_lower <= truth && truth <= value.ci_upper;
      covered.predicted[k] += estimate.pi_lower <= value.value && value.value <= estimate.pi_upper;
    }
  }
  for (std::size_t k = 0; k < own_metrics().size(); ++k) {
    for (const int count : {covered.estimated[k], covered.realized[k], covered.predicted[k]}) {
      EXPECT_GE(count, 0.932 * kDraws) << own_metrics()[k].expression;
      EXPECT_LE(count, 0.968 * kDraws) << own_metrics()[k].expression;
    }
  }
}

// Estimates are of all rows, however few labels are known yet.
TEST(CustomIntervals, EstimatesDoNotDependOnHowManyLabelsAreKnown) {
  for (std::size_t k = 0; k < own_metrics().size(); ++k) {
    Random some(5), none(5);
    const ScoreCell half(drawn_rows(kRows, 5, some));
    const ScoreCell unlabelled(drawn_rows(kRows, 0, none));
    const MetricValue a = own_value(half, nullptr, k, Family::estimated_performance);
    const MetricValue b = own_value(unlabelled, nullptr, k, Family::estimated_performance);
    EXPECT_EQ(a.status, "ok");
    EXPECT_EQ(a.value, b.value) << own_metrics()[k].expression;
    EXPECT_EQ(a.ci_lower, b.ci_lower) << own_metrics()[k].expression;
    EXPECT_EQ(a.pi_upper, b.pi_upper) << own_metrics()[k].expression;
  }
}

// Reference and chunk drawn from one population: the difference from what is expected spreads as the null says.
TEST(CustomIntervals, ChanceIsThatOfChunksOfTheReference) {
  constexpr int kPairs = 300;
  Random random(9);
  for (const Family family : {Family::estimated_performance, Family::realized_performance}) {
    std::vector<double> squares(own_metrics().size());
    for (int pair = 0; pair < kPairs; ++pair) {
      ScoreCell reference(drawn_rows(1'500, 10, random));
      reference.view.figures = std::make_shared<const FiguresOfReference>(reference.view);
      const ScoreCell chunk(drawn_rows(pair % 2 == 0 ? 400 : 800, 10, random));  // one reference, chunks of two sizes
      for (std::size_t k = 0; k < own_metrics().size(); ++k) {
        const MetricValue value = own_value(chunk, &reference, k, family);
        const double z = (value.value - value.null.expected) / value.null.error;
        squares[k] += z * z / kPairs;
      }
    }
    for (std::size_t k = 0; k < own_metrics().size(); ++k)
      EXPECT_NEAR(std::sqrt(squares[k]), 1, 0.14) << own_metrics()[k].expression << ", " << family_name(family);
  }
}

}  // namespace
}  // namespace longwatch::test
