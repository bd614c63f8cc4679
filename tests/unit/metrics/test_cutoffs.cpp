// Cut-off curves against a walk over rows, and the best cut-off's intervals against repeated samples.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "engine/metrics/cutoff_curve.hpp"

namespace longwatch {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

struct Row {
  double score;
  bool positive;
};

std::vector<Row> sample(std::mt19937& random, int rows, int distinct) {
  std::uniform_int_distribution<int> scores(0, distinct - 1);
  std::uniform_real_distribution<double> uniform;
  std::vector<Row> out;
  for (int i = 0; i < rows; ++i) {
    const double score = (scores(random) + 0.5) / distinct;
    out.push_back({score, uniform(random) < score});
  }
  return out;
}

// Rows as an outcome table; predictions do not matter here.
OutcomeTable table_of(std::vector<Row> rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.score > b.score; });
  OutcomeTable out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (out.score.empty() || out.score.back() != rows[i].score) {
      out.score.push_back(rows[i].score);
      for (int p = 0; p < 2; ++p) {
        out.positive[p].push_back(0);
        out.negative[p].push_back(0);
      }
    }
    (rows[i].positive ? out.positive : out.negative)[i % 2].back() += 1;
  }
  out.rows = static_cast<double>(rows.size());
  return out;
}

TEST(Cutoffs, CurveIsAWalkOverTheRows) {
  std::mt19937 random(1);
  const std::vector<Row> rows = sample(random, 3000, 97);
  const OutcomeTable table = table_of(rows);
  const std::vector<double> cutoffs = chosen_cutoffs(table, 200);
  ASSERT_EQ(cutoffs.size(), 98U);
  EXPECT_EQ(cutoffs.front(), kInf);
  const std::vector<CutoffPoint> curve = cutoff_curve(table, cutoffs);
  ASSERT_EQ(curve.size(), cutoffs.size());
  for (const CutoffPoint& point : curve) {
    double tp = 0, fp = 0, fn = 0, tn = 0;
    for (const Row& row : rows) {
      const bool predicted = row.score >= point.cutoff;
      (row.positive ? (predicted ? tp : fn) : (predicted ? fp : tn)) += 1;
    }
    EXPECT_EQ(point.true_positive, tp);
    EXPECT_EQ(point.false_positive, fp);
    EXPECT_EQ(point.false_negative, fn);
    EXPECT_EQ(point.true_negative, tn);
    EXPECT_EQ(business_value(point, {3, -1, -2, 0.5}), 3 * tp - fp - 2 * fn + 0.5 * tn);
  }
}

TEST(Cutoffs, ManyScoresAreThinnedByRows) {
  std::mt19937 random(2);
  const OutcomeTable table = table_of(sample(random, 20'000, 5000));
  const std::vector<double> cutoffs = chosen_cutoffs(table, 200);
  EXPECT_LE(cutoffs.size(), 200U);
  EXPECT_GT(cutoffs.size(), 190U);
  EXPECT_TRUE(std::is_sorted(cutoffs.rbegin(), cutoffs.rend()));
  EXPECT_EQ(std::adjacent_find(cutoffs.begin(), cutoffs.end()), cutoffs.end());
  EXPECT_EQ(cutoffs.back(), table.score.back());
  const std::vector<CutoffPoint> curve = cutoff_curve(table, cutoffs);
  double before = 0;
  for (const CutoffPoint& point : curve) {
    const double above = point.true_positive + point.false_positive;
    EXPECT_LE(above - before, 20'000 / 199.0 + 20);  // a step, and the rows of one score
    before = above;
  }
  EXPECT_EQ(curve.back().false_negative + curve.back().true_negative, 0);
}

TEST(Cutoffs, NoScoresNoCurve) {
  EXPECT_TRUE(cutoff_curve(OutcomeTable{}, std::vector<double>{kInf, 0.5}).empty());
  EXPECT_EQ(chosen_cutoffs(OutcomeTable{}, 200).size(), 1U);
}

TEST(Cutoffs, BestIsTheGreatestValue) {
  std::mt19937 random(3);
  const OutcomeTable table = table_of(sample(random, 4000, 150));
  const std::vector<CutoffPoint> curve = cutoff_curve(table, chosen_cutoffs(table, 200));
  const OutcomeValues values{120, -15, -300, 0};
  const BestCutoff best = best_cutoff(curve, values, false, 100, 7);
  for (const CutoffPoint& point : curve)
    EXPECT_LE(business_value(point, values), business_value(curve[best.at], values));
  EXPECT_DOUBLE_EQ(best.value, business_value(curve[best.at], values) / 4000);
  EXPECT_LE(best.cutoff_lower, curve[best.at].cutoff);
  EXPECT_GE(best.cutoff_upper, curve[best.at].cutoff);
  const BestCutoff again = best_cutoff(curve, values, false, 100, 7);
  EXPECT_EQ(best.value_lower, again.value_lower);
  EXPECT_EQ(best.cutoff_upper, again.cutoff_upper);
  // Where even a hit costs, nothing is predicted positive.
  EXPECT_EQ(curve[best_cutoff(curve, {-1, -1000, 0, 0}, false, 10, 7).at].cutoff, kInf);
}

// Samples of one population, whose best cut-off is 1/2: a row with score s is worth s - (1 - s) where it is predicted
// positive. Intervals should hold it, and the value of the chosen cut-off, about 95 % of the time.
TEST(Cutoffs, IntervalsCoverWhatTheySay) {
  std::mt19937 random(4);
  const OutcomeValues values{1, -1, 0, 0};
  constexpr int kSamples = 300;
  int cutoff_inside = 0, value_inside = 0;
  // The expected value a row at the cut-off c: the integral of 2 s - 1 from c to 1 (scores are uniform).
  const auto expected = [](double c) { return std::isinf(c) ? 0 : c - c * c; };
  for (int i = 0; i < kSamples; ++i) {
    const OutcomeTable table = table_of(sample(random, 2000, 50));
    const std::vector<CutoffPoint> curve = cutoff_curve(table, chosen_cutoffs(table, 200));
    const BestCutoff best = best_cutoff(curve, values, false, 200, static_cast<std::uint64_t>(i));
    cutoff_inside += best.cutoff_lower <= 0.51 && best.cutoff_upper >= 0.49 ? 1 : 0;
    const double truth = expected(curve[best.at].cutoff - 0.01);  // the cell's lower end
    value_inside += best.value_lower <= truth && truth <= best.value_upper ? 1 : 0;
  }
  EXPECT_GE(cutoff_inside, 0.93 * kSamples);
  EXPECT_GE(value_inside, 0.88 * kSamples);  // less than 95 %: the cut-off was chosen on the same rows
  EXPECT_LE(value_inside, kSamples);
}

TEST(Cutoffs, EstimatesResampleRowsNotLabels) {
  // All rows at one score: shares are fixed, so the value a row cannot vary.
  const std::vector<CutoffPoint> curve{{kInf, 0, 0, 30, 70}, {0.3, 30, 70, 0, 0}};
  const BestCutoff best = best_cutoff(curve, {10, -1, 0, 0}, true, 200, 1);
  EXPECT_EQ(best.at, 1U);
  EXPECT_NEAR(best.value_upper - best.value_lower, 0, 1e-12);
  const BestCutoff realized = best_cutoff(curve, {10, -1, 0, 0}, false, 200, 1);
  EXPECT_GT(realized.value_upper - realized.value_lower, 0.5);
}

}  // namespace
}  // namespace longwatch
