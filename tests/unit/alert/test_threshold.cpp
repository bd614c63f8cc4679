// Threshold rules, their limits from reference chunks, and what is outside.
#include "engine/alert/threshold.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace longwatch::test {
namespace {

const Metric& metric(std::string_view name) {
  for (const Metric* entry : all_metrics()) {
    if (entry->name == name) return *entry;
  }
  ADD_FAILURE() << "no metric " << name;
  return *all_metrics().front();
}

ThresholdRule constant(std::optional<double> lower, std::optional<double> upper) {
  return {ThresholdKind::constant, lower, upper};
}

const ThresholdRule kNull{ThresholdKind::null, std::nullopt, std::nullopt};

TEST(RuleFor, DefaultsFollowTheMetric) {
  const ModelConfig model;
  EXPECT_EQ(rule_for(model, metric("mean"), "age"), kNull);
  EXPECT_EQ(kNull.rate, 0.01);
  EXPECT_EQ(rule_for(model, metric("wasserstein"), "age"), kNull);
  EXPECT_EQ(rule_for(model, metric("chi_squared"), "city"), kNull);
  EXPECT_EQ(rule_for(model, metric("row_count"), ""), std::nullopt);
}

TEST(SidesOf, DistancesOnlyGrow) {
  EXPECT_EQ(sides_of(metric("mean")), Sides::both);
  EXPECT_EQ(sides_of(metric("missing_rate")), Sides::both);
  EXPECT_EQ(sides_of(metric("wasserstein")), Sides::upper);
  EXPECT_EQ(sides_of(metric("chi_squared")), Sides::upper);
}

TEST(RuleFor, LastMatchingEntryWins) {
  ModelConfig model;
  model.thresholds = {
      {"mean", "", constant(1.0, 2.0)}, {"me*", "age", constant(3.0, 4.0)}, {"mean", "a?", constant(5.0, 6.0)}};
  EXPECT_EQ(rule_for(model, metric("mean"), "age"), constant(3.0, 4.0));
  EXPECT_EQ(rule_for(model, metric("mean"), "ab"), constant(5.0, 6.0));
  EXPECT_EQ(rule_for(model, metric("mean"), "city"), constant(1.0, 2.0));
  EXPECT_EQ(rule_for(model, metric("median"), "city"), kNull);
  EXPECT_EQ(rule_for(model, metric("median"), "age"), constant(3.0, 4.0));
}

TEST(RuleFor, AnEntryForAColumnDoesNotTouchModelMetrics) {
  ModelConfig model;
  model.thresholds = {{"row_count", "age", constant(1.0, 2.0)}};
  EXPECT_EQ(rule_for(model, metric("row_count"), ""), std::nullopt);
}

TEST(FitThreshold, MeanAndPopulationDeviation) {
  // numpy.std([1, 2, 3, 4]) = 1.118033988749895
  const std::vector<double> values = {1, kNaN, 2, 3, 4};
  const FittedThreshold fitted = fit_threshold({ThresholdKind::standard_deviation, 2.0, 3.0}, metric("mean"), values);
  EXPECT_NEAR(fitted.lower, 2.5 - 2 * 1.118033988749895, 1e-15);
  EXPECT_NEAR(fitted.upper, 2.5 + 3 * 1.118033988749895, 1e-15);
  EXPECT_EQ(fitted.status, "ok");
}

TEST(FitThreshold, MissingSidesHaveNoLimit) {
  const std::vector<double> values = {1, 2};
  const FittedThreshold fitted =
      fit_threshold({ThresholdKind::standard_deviation, std::nullopt, 3.0}, metric("mean"), values);
  EXPECT_TRUE(std::isnan(fitted.lower));
  EXPECT_FALSE(outside(-1e300, fitted));
  EXPECT_TRUE(outside(1e300, fitted));
}

TEST(FitThreshold, LimitsAreClippedToTheRangeOfTheMetric) {
  const std::vector<double> values = {0.1, 0.9};
  const FittedThreshold fitted =
      fit_threshold({ThresholdKind::standard_deviation, 3.0, 3.0}, metric("missing_rate"), values);
  EXPECT_EQ(fitted.lower, 0);
  EXPECT_EQ(fitted.upper, 1);
  EXPECT_FALSE(outside(0, fitted));
  EXPECT_FALSE(outside(1, fitted));
  EXPECT_EQ(fit_threshold(constant(-5.0, 7.0), metric("missing_rate"), {}).lower, 0);
}

TEST(FitThreshold, EqualValuesNeverAlarmOnThemselves) {
  for (const double value : {0.1, 1.0 / 3, 1e17, 12345.678}) {
    const std::vector<double> values(10, value);
    const FittedThreshold fitted = fit_threshold({ThresholdKind::standard_deviation, 3.0, 3.0}, metric("mean"), values);
    EXPECT_EQ(fitted.lower, value);
    EXPECT_EQ(fitted.upper, value);
    EXPECT_FALSE(outside(value, fitted));
  }
}

TEST(FitThreshold, QuantilesAreInterpolated) {
  // numpy.quantile([1, 2, 4, 8], [.1, .9]) = [1.3, 6.8]
  const std::vector<double> values = {8, 2, kNaN, 1, 4};
  const FittedThreshold fitted = fit_threshold({ThresholdKind::quantile, 0.1, 0.9}, metric("mean"), values);
  EXPECT_NEAR(fitted.lower, 1.3, 1e-15);
  EXPECT_NEAR(fitted.upper, 6.8, 1e-15);
  EXPECT_EQ(fit_threshold({ThresholdKind::quantile, 0.0, 1.0}, metric("mean"), values).upper, 8);
  EXPECT_EQ(fit_threshold({ThresholdKind::quantile, 0.5, 0.5}, metric("mean"), std::vector<double>{3}).lower, 3);
}

TEST(FitThreshold, TooLittleToLearnFrom) {
  const std::vector<double> nothing = {kNaN, kNaN};
  const std::vector<double> one = {4};
  EXPECT_EQ(fit_threshold({ThresholdKind::quantile, 0.1, 0.9}, metric("mean"), nothing).status, "insufficient_data");
  for (const std::vector<double>& values : {nothing, one}) {
    const FittedThreshold fitted = fit_threshold({ThresholdKind::standard_deviation, 3.0, 3.0}, metric("mean"), values);
    EXPECT_EQ(fitted.status, "insufficient_data");
    EXPECT_FALSE(outside(1e300, fitted));
    EXPECT_FALSE(outside(-1e300, fitted));
  }
  EXPECT_EQ(fit_threshold(constant(1.0, 2.0), metric("mean"), nothing).status, "ok");
}

TEST(Outside, StrictlyBeyondALimit) {
  const FittedThreshold fitted = {1, 2, "ok"};
  EXPECT_FALSE(outside(1, fitted));
  EXPECT_FALSE(outside(2, fitted));
  EXPECT_TRUE(outside(std::nextafter(1.0, 0.0), fitted));
  EXPECT_TRUE(outside(std::nextafter(2.0, 3.0), fitted));
  EXPECT_FALSE(outside(kNaN, fitted));
}

}  // namespace
}  // namespace longwatch::test
