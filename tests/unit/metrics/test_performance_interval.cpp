// Intervals of performance metrics against values derived another way.
#include "engine/metrics/performance_interval.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/metrics/functional.hpp"
#include "engine/metrics/interval_forms.hpp"
#include "engine/metrics/metric_errors.hpp"

namespace longwatch::metrics {
namespace {

constexpr double kZ = 1.959963984540054;

// Roots of (p - t)^2 = z^2 t (1 - t) / n, by SciPy's brentq.
TEST(Wilson, is_the_solution_of_the_score_equation) {
  const struct {
    double count, n, lower, upper;
  } cases[] = {{3, 25, 0.041668171504403585, 0.29955793920927326},
               {50, 100, 0.4038315303659956, 0.5961684696340044},
               {1, 1000, 0.00017654637062607803, 0.0056425585979579355}};
  for (const auto& c : cases) {
    const Interval got = wilson(c.count, c.n, kZ);
    EXPECT_NEAR(got.lower, c.lower, 1e-12);
    EXPECT_NEAR(got.upper, c.upper, 1e-12);
  }
  EXPECT_EQ(wilson(0, 40, kZ).lower, 0);
  EXPECT_NEAR(wilson(0, 40, kZ).upper, kZ * kZ / (40 + kZ * kZ), 1e-15);
}

ScoreState state_of(const std::vector<double>& positives, const std::vector<double>& negatives, double cutoff) {
  ScoreState out;
  const auto add = [&](double s, LabelCode label) {
    out.entries.push_back(ScoreEntry::of(s, ScoreEntry::code_of(s >= cutoff, label), 1));
  };
  for (const double s : positives) add(s, LabelCode::positive);
  for (const double s : negatives) add(s, LabelCode::negative);
  sort_scores(out.entries);
  out.rows = static_cast<std::int64_t>(positives.size() + negatives.size());
  return out;
}

PerformanceProfile as_they_are() {
  PerformanceProfile out;
  out.classes = {"0", "1"};
  out.calibrators.emplace_back();
  return out;
}

// Placement values of all pairs, by numpy: AUC .80555..., variance sum (V10 - A)^2 / m^2 + sum (V01 - A)^2 / n^2.
TEST(RealizedInterval, of_the_roc_area_is_delong_s) {
  const PerformanceProfile profile = as_they_are();
  const ScoreState state = state_of({.9, .8, .8, .55, .4, .3}, {.8, .5, .45, .4, .35, .2, .1, .1, .05}, .5);
  ClassifierView view;
  view.assign(state, profile);
  MetricValue value;
  value.value = kRocAuc.value(view.realized);
  EXPECT_NEAR(value.value, 0.8055555555555556, 1e-15);
  add_realized_interval(kRocAuc.recipe(), view, nullptr, 0.95, value);
  EXPECT_NEAR(value.standard_error * value.standard_error, 0.012131344307270232, 1e-15);
  EXPECT_STREQ(value.interval_method, "logit_delong");
  EXPECT_LT(value.ci_lower, 0.8055555555555556 - 1.96 * value.standard_error);  // the logit scale reaches further down
  EXPECT_LT(value.ci_upper, 1);
}

TEST(RealizedInterval, of_shares_is_wilson_s) {
  const PerformanceProfile profile = as_they_are();
  const ScoreState state = state_of({.9, .8, .8, .55, .4, .3}, {.8, .5, .45, .4, .35, .2, .1, .1, .05}, .5);
  ClassifierView view;
  view.assign(state, profile);  // tp 4, fp 2, fn 2, tn 7
  MetricValue precision;
  precision.value = 4.0 / 6;
  add_realized_interval(kPrecision.recipe(), view, nullptr, 0.95, precision);
  EXPECT_NEAR(precision.ci_lower, wilson(4, 6, kZ).lower, 1e-12);
  EXPECT_NEAR(precision.standard_error, std::sqrt(4.0 / 6 * 2 / 6 / 6), 1e-6);
  MetricValue f1;
  f1.value = 8.0 / 12;
  add_realized_interval(kF1.recipe(), view, nullptr, 0.95, f1);
  const Interval jaccard = wilson(4, 8, kZ);
  EXPECT_NEAR(f1.ci_lower, 2 * jaccard.lower / (1 + jaccard.lower), 1e-12);
  EXPECT_NEAR(f1.ci_upper, 2 * jaccard.upper / (1 + jaccard.upper), 1e-12);
}

TEST(RealizedInterval, of_a_perfect_ranking_is_not_a_point) {
  const PerformanceProfile profile = as_they_are();
  const ScoreState state = state_of({.9, .8, .7}, {.3, .2, .1, .05}, .5);
  ClassifierView view;
  view.assign(state, profile);
  MetricValue value;
  value.value = 1;
  add_realized_interval(kRocAuc.recipe(), view, nullptr, 0.95, value);
  EXPECT_NEAR(value.ci_lower, 3 / (3 + kZ * kZ), 1e-12);
  EXPECT_NEAR(value.ci_upper, 1, 1e-12);
}

// The labels of the rows, drawn again and again: mean, spread and skewness of the realized metric about its estimate.
TEST(EstimateError, of_labels_is_that_of_drawn_labels) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(0, 1);
  ScoreState state;
  for (int i = 0; i < 400; ++i) {
    const double s = 0.5 * uniform(random) * uniform(random) + 0.002 * (i % 5);
    state.entries.push_back(ScoreEntry::of(s, ScoreEntry::code_of(s >= 0.25, LabelCode::unknown), 1));
  }
  sort_scores(state.entries);
  state.rows = 400;
  const PerformanceProfile profile = as_they_are();
  ClassifierView view;
  view.assign(state, profile);
  for (const Functional* metric : {&kPrecision, &kF1, &kRecall, &kLogLoss, &kRocAuc}) {
    const EstimateError error = estimate_error(metric->recipe(), view);
    const double estimate = metric->value(view.estimated);
    std::vector<double> drawn;
    for (int r = 0; r < 4000; ++r) {
      ScoreState labelled;
      labelled.rows = 400;
      for (const ScoreEntry& entry : state.entries) {
        for (std::int64_t k = 0; k < entry.count(); ++k) {
          const auto label = uniform(random) < entry.score ? LabelCode::positive : LabelCode::negative;
          labelled.entries.push_back(ScoreEntry::of(entry.score, ScoreEntry::code_of(entry.predicted(), label), 1));
        }
      }
      sort_scores(labelled.entries);
      ClassifierView realized;
      realized.assign(labelled, profile);
      drawn.push_back(metric->value(realized.realized));
    }
    double mean = 0, variance = 0, third = 0;
    for (const double v : drawn) mean += v / 4000;
    for (const double v : drawn) {
      variance += (v - mean) * (v - mean) / 4000;
      third += std::pow(v - mean, 3) / 4000;
    }
    EXPECT_NEAR(error.labels / variance, 1, 0.12) << metric->undefined;
    EXPECT_NEAR(estimate + error.shift, mean, 4 * std::sqrt(variance / 4000)) << metric->undefined;
    if (metric != &kRocAuc) {
      const double cube = std::pow(variance, 1.5);
      EXPECT_NEAR(error.labels_third / cube, third / cube, 0.2) << metric->undefined;
    }
  }
}

// A calibration map of two blocks: the estimate moves by the slope of each block's level.
TEST(EstimateError, of_the_calibration_map_follows_its_blocks) {
  PerformanceProfile profile = as_they_are();
  Calibrator& map = profile.calibrators.front();
  map.scores = {0.1, 0.4, 0.6, 0.9};
  map.probabilities = {0.2, 0.2, 0.7, 0.7};
  map.weights = {300, 300, 200, 200};
  const ScoreState state = state_of({.1, .15, .2, .7}, {.3, .8, .65}, .5);
  ClassifierView view;
  view.assign(state, profile);
  const EstimateError error = estimate_error(kAccuracy.recipe(), view);
  const double low = 0.2 * 0.8 / 300, high = 0.7 * 0.3 / 200;
  EXPECT_NEAR(error.calibrator, (16 * low + 9 * high) / 49, 1e-9);
  double moves[2] = {0, 0};
  for (const double s : {.1, .15, .2, .3}) moves[0] += ((1 - s) * (1 - s) - s * s) / 7;
  for (const double s : {.65, .7, .8}) moves[1] += ((1 - s) * (1 - s) - s * s) / 7;
  EXPECT_NEAR(estimate_error(kBrierScore.recipe(), view).calibrator,
              moves[0] * moves[0] * low + moves[1] * moves[1] * high, 1e-15);
}

TEST(NullSpread, is_that_of_rows_of_the_reference) {
  const PerformanceProfile profile = as_they_are();
  const ScoreState chunk = state_of({.9, .4}, {.8, .3, .2}, .5);
  const ScoreState past = state_of({.9, .8, .4, .6, .7}, {.8, .3, .2, .1, .3, .45, .4, .1}, .5);
  ClassifierView view, reference;
  view.assign(chunk, profile);
  reference.assign_reference(past, profile);
  MetricValue value;
  value.value = kAccuracy.value(view.realized);
  add_realized_interval(kAccuracy.recipe(), view, &reference, 0.95, value);
  const double share = kAccuracy.value(reference.realized);
  EXPECT_NEAR(value.null.error, std::sqrt(share * (1 - share) * (1.0 / 5 + 1.0 / 13)), 1e-8);
  EXPECT_NEAR(value.null.expected, share, 1e-12);
  add_realized_interval(kRocAuc.recipe(), view, &reference, 0.95, value);
  EXPECT_NEAR(value.null.expected, kRocAuc.value(reference.realized), 1e-12);
  add_estimated_interval(kRocAuc.recipe(), view, &reference, 0.95, value);
  EXPECT_NEAR(value.null.expected, kRocAuc.value(reference.estimated), 1e-12);
}

}  // namespace
}  // namespace longwatch::metrics
