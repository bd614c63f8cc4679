// Intervals by leaving out groups of blocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "engine/metrics/block_jackknife.hpp"
#include "engine/metrics/location.hpp"

namespace longwatch {
namespace {

using metrics::LeftOut;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Metric metric(double least, double greatest, Family family = Family::summary) {
  Metric out{};
  out.family = family;
  out.least = least;
  out.greatest = greatest;
  return out;
}

// Rows by group.
using Groups = std::vector<std::vector<double>>;

double mean_of(const Groups& groups, std::size_t without = SIZE_MAX) {
  double sum = 0, n = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (g == without) continue;
    for (const double x : groups[g]) sum += x;
    n += static_cast<double>(groups[g].size());
  }
  return sum / n;
}

double rows_of(const Groups& groups) {
  double n = 0;
  for (const auto& group : groups) n += static_cast<double>(group.size());
  return n;
}

Groups clustered(std::size_t count, bool even, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  Groups out(count);
  for (std::size_t g = 0; g < count; ++g) {
    const double level = 10 + normal(generator);
    out[g].resize(even ? 40 : 10 + 7 * g);
    for (double& x : out[g]) x = level + normal(generator);
  }
  return out;
}

MetricValue interval_of(const Metric& metric, const Groups& groups, double times_rows = 0) {
  MetricValue out;
  const double rows = rows_of(groups);
  out.value = mean_of(groups) * (times_rows != 0 ? rows : 1);
  std::vector<LeftOut> without;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const double left = rows - static_cast<double>(groups[g].size());
    without.push_back({mean_of(groups, g) * (times_rows != 0 ? left : 1), left});
  }
  metrics::set_block_interval(metric, without, rows, 1e6, out);
  return out;
}

TEST(BlockJackknife, OfEqualGroupsIsTheStandardErrorOfTheirMeans) {
  const Groups groups = clustered(12, true, 1);
  double mean = 0, squares = 0;
  std::vector<double> means;
  for (const auto& group : groups) means.push_back(mean_of({group}));
  for (const double m : means) mean += m / 12;
  for (const double m : means) squares += (m - mean) * (m - mean);
  const double error = std::sqrt(squares / 11 / 12);
  const MetricValue out = interval_of(metric(-kInfinity, kInfinity), groups);
  EXPECT_NEAR(out.standard_error, error, 1e-9);
  EXPECT_NEAR(out.ci_upper, mean + 2.200985 * error, 1e-4);  // Student's 97.5 % of 11 degrees
  EXPECT_NEAR(out.ci_lower, mean - 2.200985 * error, 1e-4);
  EXPECT_STREQ(out.interval_method, "block_jackknife");
}

// Of unequal groups the error is that of a ratio of sums (Cochran 1977, 2.45), up to terms of 1 / groups.
TEST(BlockJackknife, OfUnequalGroupsIsTheErrorOfARatio) {
  const Groups groups = clustered(30, false, 2);
  const double mean = mean_of(groups);
  double squares = 0;
  for (const auto& group : groups) {
    double sum = 0;
    for (const double x : group) sum += x - mean;
    squares += sum * sum;
  }
  const double error = std::sqrt(squares * 30 / 29) / rows_of(groups);
  EXPECT_NEAR(interval_of(metric(-kInfinity, kInfinity), groups).standard_error / error, 1, 0.06);
}

TEST(BlockJackknife, ScalesKeepBounds) {
  Groups groups = clustered(8, true, 3);
  for (auto& group : groups) {
    const double level = group[0] > 10.5 ? 0.3 : 0.02;
    for (double& x : group) x = std::abs(x - 10) < level ? 1 : 0;
  }
  const MetricValue rate = interval_of(metric(0, 1), groups);
  EXPECT_GT(rate.ci_lower, 0);
  EXPECT_LT(rate.ci_lower, rate.value);
  EXPECT_GT(rate.ci_upper - rate.value, rate.value - rate.ci_lower);  // near 0: longer upwards
  // The logit's own arithmetic.
  const double half = metrics::t975(7) * rate.standard_error / (rate.value * (1 - rate.value));
  const double middle = std::log(rate.value / (1 - rate.value));
  EXPECT_NEAR(rate.ci_upper, 1 / (1 + std::exp(-middle - half)), 1e-12);
  const MetricValue positive = interval_of(metric(0, kInfinity), groups);
  EXPECT_NEAR(std::log(positive.ci_upper / positive.value), std::log(positive.value / positive.ci_lower), 1e-12);
  EXPECT_GT(positive.ci_lower, 0);
}

// A total is held at so many rows: its interval is that of the mean, times the rows.
TEST(BlockJackknife, TotalsAreMeansTimesRows) {
  const Groups groups = clustered(9, false, 4);
  const Metric plain = metric(-kInfinity, kInfinity);
  const MetricValue mean = interval_of(plain, groups);
  const MetricValue total = interval_of(plain, groups, 1);
  const double rows = rows_of(groups);
  EXPECT_NEAR(total.ci_lower, mean.ci_lower * rows, 1e-6 * rows);
  EXPECT_NEAR(total.ci_upper, mean.ci_upper * rows, 1e-6 * rows);
}

TEST(BlockJackknife, TooFewBlocks) {
  const auto of = [](const Groups& groups) { return interval_of(metric(-kInfinity, kInfinity), groups); };
  for (const std::size_t count : {1U, 2U, 4U}) {
    const MetricValue out = of(clustered(count, true, 5));
    EXPECT_TRUE(std::isnan(out.ci_lower) && std::isnan(out.ci_upper) && std::isnan(out.standard_error)) << count;
    EXPECT_STREQ(out.interval_method, "too_few_blocks");
    EXPECT_EQ(out.status, "ok");
  }
  EXPECT_TRUE(std::isfinite(of(clustered(5, true, 5)).ci_lower));
  // Groups without which nothing changes have nothing to say: here four of nine differ.
  Groups groups(9, std::vector<double>(10, 1.0));
  MetricValue out;
  out.value = 1;
  std::vector<LeftOut> without(9, {1.0, 80});
  for (int g = 0; g < 4; ++g) without[static_cast<std::size_t>(g)].value = 1 + 0.01 * (g + 1);
  metrics::set_block_interval(metric(-kInfinity, kInfinity), without, 90, 1e6, out);
  EXPECT_STREQ(out.interval_method, "too_few_blocks");
  for (LeftOut& left : without) left.value = 1.25;  // a step, whichever group is left out
  metrics::set_block_interval(metric(-kInfinity, kInfinity), without, 90, 1e6, out);
  EXPECT_STREQ(out.interval_method, "too_few_blocks");
  EXPECT_TRUE(std::isnan(out.ci_upper));
  for (LeftOut& left : without) left.value = 1 + 1e-15;  // rounding is no change
  metrics::set_block_interval(metric(-kInfinity, kInfinity), without, 90, 1e6, out);
  EXPECT_STREQ(out.interval_method, "too_few_blocks");
  without[4].value = kNaN;  // the only group with what the metric needs
  metrics::set_block_interval(metric(-kInfinity, kInfinity), without, 90, 1e6, out);
  EXPECT_STREQ(out.interval_method, "too_few_blocks");
}

TEST(BlockJackknife, WhatWasLearnedIsAdded) {
  const Groups groups = clustered(10, true, 6);
  const Metric plain = metric(-kInfinity, kInfinity);
  const double sampled = interval_of(plain, groups).standard_error;
  MetricValue out;
  out.value = mean_of(groups);
  out.learned_bias = 0.5;
  out.learned_variance = 3 * sampled * sampled;
  std::vector<LeftOut> without;
  for (std::size_t g = 0; g < groups.size(); ++g) without.push_back({mean_of(groups, g), 360});
  metrics::set_block_interval(plain, without, 400, 1e6, out);
  EXPECT_NEAR(out.standard_error, 2 * sampled, 1e-9);
  EXPECT_NEAR((out.ci_lower + out.ci_upper) / 2, mean_of(groups) - 0.5, 1e-9);
  // Degrees: 9 * (4 / 1)^2.
  EXPECT_NEAR(out.ci_upper - out.ci_lower, 2 * metrics::t975(144) * out.standard_error, 1e-9);
}

// Shares of categories whose level differs from day to day, against known shares: without drift the lower bound is 0,
// with drift the interval holds the populations' distance.
TEST(BlockJackknife, DistancesHoldThePopulations) {
  constexpr int kDays = 20, kRows = 150, kCells = 8, kRounds = 400;
  std::mt19937 generator(7);
  Metric distance = metric(0, kInfinity, Family::univariate_drift);
  for (const double shift : {0.0, 0.1}) {
    std::vector<double> shares(kCells, 1.0 / kCells);
    shares[0] += shift;
    for (int c = 1; c < kCells; ++c) shares[static_cast<std::size_t>(c)] -= shift / (kCells - 1);
    const auto between = [&](const std::vector<double>& counts, double rows) {
      double sum = 0;
      for (const double count : counts) sum += std::pow(count / rows - 1.0 / kCells, 2);
      return std::sqrt(sum);
    };
    const double truth = between(shares, 1);
    int covered = 0, at_zero = 0;
    for (int round = 0; round < kRounds; ++round) {
      std::vector<std::vector<double>> days(kDays, std::vector<double>(kCells, 0));
      std::vector<double> all(kCells, 0);
      for (auto& day : days) {
        std::vector<double> level;
        for (const double share : shares) level.push_back(std::gamma_distribution<double>(60 * share)(generator));
        std::discrete_distribution<std::size_t> draw(level.begin(), level.end());
        for (int i = 0; i < kRows; ++i) day[draw(generator)] += 1;
        for (std::size_t c = 0; c < kCells; ++c) all[c] += day[c];
      }
      MetricValue out;
      out.value = between(all, kDays * kRows);
      std::vector<LeftOut> without;
      for (const auto& day : days) {
        std::vector<double> left = all;
        for (std::size_t c = 0; c < kCells; ++c) left[c] -= day[c];
        without.push_back({between(left, (kDays - 1) * kRows), (kDays - 1) * kRows});
      }
      metrics::set_block_interval(distance, without, kDays * kRows, 1e9, out);
      covered += out.ci_lower <= truth && truth <= out.ci_upper;
      at_zero += out.ci_lower == 0;
    }
    EXPECT_GE(covered, kRounds * 0.91) << shift;
    if (shift == 0) {
      EXPECT_GE(at_zero, kRounds * 0.95);
    } else {
      EXPECT_LE(at_zero, kRounds * 0.2);  // drift is seen
    }
  }
}

}  // namespace
}  // namespace longwatch
