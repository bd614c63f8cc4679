// Thresholds of one column, statuses, and which values alert.
#include "engine/evaluate/judge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace longwatch::test {
namespace {

const Metric& metric(std::string_view name) {
  const auto all = all_metrics();
  return **std::find_if(all.begin(), all.end(), [&](const Metric* m) { return m->name == name; });
}

Judged value(const Metric& of, double value, double error, double expected, bool reference = false) {
  Judged out;
  out.metric = &of;
  out.chunk = 0;
  out.rows = 100;
  out.reference = reference;
  out.value.value = value;
  out.value.null.error = error;
  out.value.null.expected = expected;
  return out;
}

/// Ten chunks of 100 rows with a standard deviation of 1 a row: means within chance of 0.
std::vector<Judged> reference_means() {
  std::vector<Judged> out;
  for (int i = 0; i < 10; ++i) out.push_back(value(metric("mean"), (i % 2 == 0 ? 1 : -1) * 0.02 * i, 0.1049, 0, true));
  return out;
}

class JudgeOfMeans : public ::testing::Test {
 protected:
  Judged judged(Judged of) {
    Judge judge(model_, name_, 1);
    judge.learn(reference_);
    judge.judge(of);
    return of;
  }
  ModelConfig model_;
  std::string name_ = "age";
  std::vector<Judged> reference_ = reference_means();
};

TEST_F(JudgeOfMeans, NullGivesLimitsAndAPValue) {
  const Judged inside = judged(value(metric("mean"), 0.1, 0.1049, 0));
  EXPECT_EQ(inside.outside, 0);
  EXPECT_EQ(inside.value.status, "ok");
  EXPECT_GT(inside.value.p_value, 0.01);
  EXPECT_LT(inside.lower, -0.25);
  EXPECT_GT(inside.upper, 0.25);
  EXPECT_GT(inside.minimum_detectable, inside.upper);
  const Judged far = judged(value(metric("mean"), 1, 0.1049, 0));
  EXPECT_EQ(far.outside, 1);
  EXPECT_LT(far.value.p_value, 1e-5);
}

TEST_F(JudgeOfMeans, TooFewRowsOrEventsHaveTheirValueButNoThreshold) {
  Judged few = value(metric("mean"), 5, 0.2, 0);
  few.rows = 29;
  few = judged(few);
  EXPECT_EQ(few.value.status, "insufficient_data");
  EXPECT_EQ(few.value.value, 5);
  EXPECT_EQ(few.outside, -1);
  EXPECT_TRUE(std::isnan(few.upper));
  few.value.status = "ok";
  few.rows = 30;
  EXPECT_EQ(judged(few).outside, 1);
  few.value.events = 9;
  EXPECT_EQ(judged(few).value.status, "insufficient_data");
  few.value.events = 10;
  EXPECT_EQ(judged(few).outside, 1);
  model_.minimum_rows = 31;
  EXPECT_EQ(judged(few).value.status, "insufficient_data");
}

TEST_F(JudgeOfMeans, AFixedThresholdJudgesAnyNumberOfRows) {
  model_.thresholds = {{"mean", "", {ThresholdKind::constant, std::nullopt, 2.0}}};
  Judged few = value(metric("mean"), 5, 0.2, 0);
  few.rows = 1;
  few = judged(few);
  EXPECT_EQ(few.value.status, "ok");
  EXPECT_EQ(few.outside, 1);
  EXPECT_FALSE(few.tested);
}

TEST_F(JudgeOfMeans, FewerThanFiveChunksAreMarked) {
  reference_.resize(4);
  const Judged short_one = judged(value(metric("mean"), 1, 0.1, 0));
  EXPECT_EQ(short_one.value.status, "reference_too_short");
  EXPECT_NEAR(short_one.upper, 0.25758, 1e-4);  // chance alone
  EXPECT_EQ(short_one.outside, 1);
  reference_ = reference_means();
  for (std::size_t i = 4; i < 10; ++i) reference_[i].rows = 10;  // too small to learn from
  EXPECT_EQ(judged(value(metric("mean"), 1, 0.1, 0)).value.status, "reference_too_short");
}

TEST_F(JudgeOfMeans, WithoutValueThereIsNoThreshold) {
  Judged none = value(metric("mean"), kNaN, kNaN, kNaN);
  none.value.status = "undefined: no rows";
  none = judged(none);
  EXPECT_EQ(none.value.status, "undefined: no rows");
  EXPECT_EQ(none.outside, -1);
  Judged whole = value(metric("mean"), 1, 0.1, 0);
  whole.chunk = -1;
  EXPECT_EQ(judged(whole).outside, -1);
}

std::vector<Judged> tests(std::initializer_list<double> p_values) {
  std::vector<Judged> out;
  for (const double p : p_values) {
    out.push_back(value(metric("mean"), 1, 0.1, 0));
    out.back().tested = true;
    out.back().value.p_value = p;
    out.back().outside = p < 0.01 ? 1 : 0;
  }
  return out;
}

TEST(DecideAlerts, NeedsTheQValue) {
  std::vector<Judged> judged = tests({0.001, 0.009, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9});
  decide_alerts(judged);
  EXPECT_NEAR(judged[0].q_value, 0.01, 1e-15);
  EXPECT_EQ(judged[0].alert, 1);
  EXPECT_NEAR(judged[1].q_value, 0.045, 1e-15);
  EXPECT_EQ(judged[1].alert, 1);
  EXPECT_EQ(judged[2].alert, 0);
  judged = tests({0.009, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95});
  decide_alerts(judged);
  EXPECT_EQ(judged[0].outside, 1);
  EXPECT_EQ(judged[0].alert, 0);  // q = 0.09
}

TEST(DecideAlerts, NeedsTheMinimumEffect) {
  std::vector<Judged> judged = tests({1e-9});
  judged[0].worthwhile = false;
  decide_alerts(judged);
  EXPECT_EQ(judged[0].outside, 1);
  EXPECT_EQ(judged[0].alert, 0);
}

TEST(DecideAlerts, EveryChunkAndSegmentIsAFamilyOfItsOwn) {
  std::vector<Judged> judged = tests({0.009, 0.9, 0.009, 0.9, 0.009, 0.9});
  for (std::size_t i = 0; i < judged.size(); ++i) judged[i].chunk = static_cast<std::int32_t>(i / 2);
  judged[5].segment = 1;
  decide_alerts(judged);
  EXPECT_NEAR(judged[0].q_value, 0.018, 1e-15);
  EXPECT_NEAR(judged[2].q_value, 0.018, 1e-15);
  EXPECT_NEAR(judged[4].q_value, 0.009, 1e-15);
}

TEST(DecideAlerts, WhatNullDoesNotJudgeAlertsWhereItIsOutside) {
  std::vector<Judged> judged(3);
  judged[0].outside = 1;
  judged[1].outside = 0;
  decide_alerts(judged);
  EXPECT_EQ(judged[0].alert, 1);
  EXPECT_EQ(judged[1].alert, 0);
  EXPECT_EQ(judged[2].alert, -1);
  EXPECT_TRUE(std::isnan(judged[0].q_value));
}

TEST_F(JudgeOfMeans, TheMinimumEffectIsATenthOfARowsDeviationOrAsConfigured) {
  // error 0.1049 of 100 rows beside 1,000: a row's standard deviation is 1.
  EXPECT_FALSE(judged(value(metric("mean"), 0.0999, 0.1049, 0)).worthwhile);
  EXPECT_TRUE(judged(value(metric("mean"), 0.1001, 0.1049, 0)).worthwhile);
  ThresholdRule rule{ThresholdKind::null, std::nullopt, std::nullopt};
  rule.minimum_effect = 2;
  model_.thresholds = {{"mean", "", rule}};
  EXPECT_FALSE(judged(value(metric("mean"), 1.9, 0.1049, 0)).worthwhile);
  EXPECT_TRUE(judged(value(metric("mean"), 2.1, 0.1049, 0)).worthwhile);
}

}  // namespace
}  // namespace longwatch::test
