#include "engine/explain/findings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/explain/correlation.hpp"

namespace longwatch {
namespace {

constexpr int kReference = 4;
constexpr int kAnalysis = 6;

Metric named(std::string_view name, Family family) {
  Metric metric{};
  metric.name = name;
  metric.family = family;
  return metric;
}

const Metric kAuc = named("roc_auc", Family::estimated_performance);
const Metric kRealized = named("roc_auc", Family::realized_performance);
const Metric kDrift = named("jensen_shannon", Family::univariate_drift);
const Metric kOther = named("wasserstein", Family::univariate_drift);
const Metric kMissing = named("missing_rate", Family::data_quality);

// Judged values of one model, added one by one.
struct Values {
  std::vector<Judged> judged;
  void add(const Metric& metric, int column, bool reference, int chunk, double value, bool alert = false,
           int segment = 0) {
    Judged one;
    one.metric = &metric;
    one.segment = segment;
    one.column = column;
    one.reference = reference;
    one.chunk = chunk;
    one.value.value = value;
    one.outside = one.alert = alert ? 1 : 0;
    if (std::isnan(value)) one.value.status = "insufficient_data";
    judged.push_back(one);
  }
  // A value for every chunk: reference, then analysis. Alerts where above `limit`.
  void add_all(const Metric& metric, int column, const std::vector<double>& values, double limit, int segment = 0) {
    for (int i = 0; i < kReference + kAnalysis; ++i) {
      const auto at = static_cast<std::size_t>(i);
      add(metric, column, i < kReference, i < kReference ? i : i - kReference, values[at], values[at] > limit, segment);
    }
  }
};

const std::vector<std::string> kNames{"beta", "alpha", "gamma", "delta"};
//                                      reference           analysis
const std::vector<double> kPerformance{.80, .81, .79, .80, .80, .78, .70, .60, .55, .81};
const std::vector<double> kFollows{.01, .02, .01, .02, .02, .03, .10, .20, .26, .02};
const std::vector<double> kSteady{.10, .11, .10, .11, .30, .31, .30, .31, .30, .31};
const std::vector<double> kQuiet{.01, .02, .01, .01, .02, .01, .02, .01, .02, .01};

Values example() {
  Values values;
  for (int i = 0; i < kReference + kAnalysis; ++i) {
    const double value = kPerformance[static_cast<std::size_t>(i)];
    values.add(kAuc, -1, i < kReference, i < kReference ? i : i - kReference, value, value < .72);
  }
  values.add_all(kDrift, 0, kQuiet, 1);
  values.add_all(kDrift, 1, kSteady, .2);
  values.add_all(kDrift, 2, kFollows, .05);
  values.add_all(kDrift, 3, kQuiet, 1);
  return values;
}

std::vector<std::string> order(const std::vector<Finding>& findings, std::size_t alert,
                               std::int64_t Finding::*rank = &Finding::rank) {
  std::vector<std::pair<std::int64_t, std::string>> found;
  for (const Finding& one : findings) {
    if (one.alert == alert) found.emplace_back(one.*rank, kNames[static_cast<std::size_t>(one.column)]);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (const auto& [at, name] : found) out.push_back(name);
  return out;
}

TEST(Findings, LinkEveryPerformanceAlertToEveryColumn) {
  const Values values = example();
  const std::vector<Finding> findings = find_explanations(values.judged, kNames);
  ASSERT_EQ(findings.size(), 3U * 4U);  // analysis chunks 2, 3 and 4
  for (const Finding& one : findings) {
    const Judged& alert = values.judged[one.alert];
    EXPECT_TRUE(alert.metric == &kAuc && is_alert(alert));
    EXPECT_NEAR(one.change, alert.value.value - .80, 1e-12);  // the mean of the reference's four
    const Judged& drift = values.judged[one.drift];
    EXPECT_EQ(drift.chunk, alert.chunk);
    EXPECT_EQ(drift.column, one.column);
    EXPECT_FALSE(drift.reference);
  }
}

TEST(Findings, RanksAreThoseOfTheDefinition) {
  const Values values = example();
  const std::vector<Finding> findings = find_explanations(values.judged, kNames);
  const std::size_t alert = findings.front().alert;
  // alpha alerts in all six chunks, gamma in three; gamma follows the metric, alpha only knows the period.
  EXPECT_EQ(order(findings, alert, &Finding::rank_by_alerts),
            (std::vector<std::string>{"alpha", "gamma", "beta", "delta"}));
  EXPECT_EQ(order(findings, alert, &Finding::rank_by_correlation).front(), "gamma");
  EXPECT_EQ(order(findings, alert), (std::vector<std::string>{"gamma", "alpha", "beta", "delta"}));
  std::vector<double> change;
  for (const double value : kPerformance) change.push_back(std::abs(value - .80));
  const Correlation expected = pearson(kFollows, change);
  EXPECT_NEAR(findings.front().correlation, expected.r, 1e-12);
  EXPECT_NEAR(findings.front().p_value, expected.p_value, 1e-12);
  EXPECT_EQ(findings.front().column_alerts, 3);
  EXPECT_TRUE(findings.front().column_alert);
}

TEST(Findings, ColumnsThatAlertInTheChunkComeFirst) {
  Values values = example();
  values.add(kMissing, 3, false, 2, .5, true);  // delta is broken in the first bad chunk only
  const std::vector<Finding> findings = find_explanations(values.judged, kNames);
  EXPECT_EQ(order(findings, findings.front().alert),
            (std::vector<std::string>{"gamma", "alpha", "delta", "beta"}));
  EXPECT_EQ(order(findings, findings.back().alert),
            (std::vector<std::string>{"gamma", "alpha", "delta", "beta"}));  // by its one alert, not by the chunk
  EXPECT_FALSE(findings.back().column_alert);
}

TEST(Findings, DoNotDependOnTheOrderOfValues) {
  Values values = example();
  values.add_all(kOther, 0, kFollows, 1);  // a second metric: jensen_shannon stays the column's drift
  const auto summary = [&](const std::vector<Judged>& judged) {
    std::vector<std::tuple<int, std::int64_t, std::int32_t, double, double>> out;
    for (const Finding& one : find_explanations(judged, kNames))
      out.emplace_back(judged[one.alert].chunk, one.rank, one.column, one.correlation, judged[one.drift].value.value);
    std::sort(out.begin(), out.end());
    return out;
  };
  const auto expected = summary(values.judged);
  std::mt19937 random(3);
  for (int i = 0; i < 5; ++i) {
    std::shuffle(values.judged.begin(), values.judged.end(), random);
    EXPECT_EQ(summary(values.judged), expected);
  }
}

TEST(Findings, SegmentsAndFamiliesAreApart) {
  Values values = example();
  for (int i = 0; i < kReference + kAnalysis; ++i)
    values.add(kRealized, -1, i < kReference, i < kReference ? i : i - kReference, .8, i + 1 == kReference + kAnalysis, 1);
  values.add_all(kDrift, 2, kQuiet, 1, 1);
  const std::vector<Finding> findings = find_explanations(values.judged, kNames);
  ASSERT_EQ(findings.size(), 3U * 4U + 1U);
  const auto own = std::find_if(findings.begin(), findings.end(),
                                [&](const Finding& one) { return values.judged[one.alert].segment == 1; });
  ASSERT_NE(own, findings.end());
  EXPECT_EQ(values.judged[own->drift].segment, 1);
  EXPECT_EQ(own->column_alerts, 0);
  EXPECT_TRUE(std::isnan(own->correlation));  // the metric did not move
}

TEST(Findings, NoAlertNoFinding) {
  Values values = example();
  for (Judged& one : values.judged) {
    if (one.metric == &kAuc) one.alert = 0;
  }
  EXPECT_TRUE(find_explanations(values.judged, kNames).empty());
  EXPECT_TRUE(find_explanations({}, kNames).empty());
}

TEST(Findings, AColumnWithoutAValueInTheChunkStays) {
  Values values = example();
  for (Judged& one : values.judged) {
    if (one.column == 2 && !one.reference && one.chunk == 2) {
      one.value.value = kNaN;
      one.value.status = "insufficient_data";
      one.outside = one.alert = -1;
    }
  }
  const std::vector<Finding> findings = find_explanations(values.judged, kNames);
  const auto gamma = std::find_if(findings.begin(), findings.end(), [](const Finding& one) { return one.column == 2; });
  EXPECT_EQ(gamma->drift, Finding::kNone);
  EXPECT_FALSE(gamma->column_alert);
  EXPECT_EQ(gamma->column_alerts, 2);
}

TEST(Findings, AnAlertHasAtMostTwentyColumns) {
  Values values = example();
  std::vector<std::string> names = kNames;
  for (int c = 4; c < 30; ++c) {
    names.push_back("column_" + std::to_string(c));
    values.add_all(kDrift, c, kQuiet, 1);
  }
  EXPECT_EQ(find_explanations(values.judged, names).size(), 3U * kMostFindings);
}

}  // namespace
}  // namespace longwatch
