// Sorting, moments plans, and how the PCA sees a continuous column.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "engine/profile/fit_columns.hpp"
#include "engine/profile/order.hpp"

namespace longwatch {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kSmallest = std::numeric_limits<double>::denorm_min();

ColumnProfile fit(std::vector<double> values, std::int64_t missing = 0) {
  ColumnProfile profile;
  fit_numbers(values, missing, 1024, profile);
  return profile;
}

TEST(SortValues, OrdersEveryKindOfFiniteValue) {
  std::mt19937_64 generator(3);
  for (const std::size_t n : {0U, 1U, 5U, 4095U, 4096U, 30'000U}) {
    std::vector<double> values;
    while (values.size() < n) {
      const double x = std::bit_cast<double>(generator());
      if (std::isfinite(x)) values.push_back(x);
    }
    for (std::size_t i = 0; i + 4 < n; i += 97) values[i] = std::vector<double>{0.0, -0.0, kSmallest, -kLargest}[i % 4];
    std::vector<double> expected = values;
    std::sort(expected.begin(), expected.end());
    sort_values(values);
    EXPECT_EQ(values, expected) << n;
    for (const double x : values) ASSERT_FALSE(x == 0 && std::signbit(x));
  }
}

TEST(SortValues, HandlesConstantDigits) {
  std::vector<double> values(10'000, 3.25);
  values[777] = 3.5;
  values[9'000] = -3.25;
  sort_values(values);
  EXPECT_EQ(values.front(), -3.25);
  EXPECT_EQ(values.back(), 3.5);
  EXPECT_EQ(values[1], 3.25);
}

TEST(QuantileRank, RoundsHalvesUp) {
  EXPECT_EQ(quantile_rank(1, 2, 4), 2U);  // 1.5
  EXPECT_EQ(quantile_rank(1, 2, 3), 1U);
  EXPECT_EQ(quantile_rank(0, 1024, 1), 0U);
  EXPECT_EQ(quantile_rank(1024, 1024, 1'000'000), 999'999U);
  EXPECT_EQ(quantile_rank(1, 3, 5), 1U);  // 1.33
}

TEST(MomentsPlan, CentresOnTheMedianAndScalesByTheSixteenths) {
  std::vector<double> values;
  for (int i = 0; i <= 160; ++i) values.push_back(i);  // median 80, sixteenths 10 and 150: width 70
  const ColumnProfile profile = fit(values);
  EXPECT_EQ(profile.moments.centre, 80);
  EXPECT_EQ(profile.moments.scale, 1.0 / 128);
}

TEST(MomentsPlan, FallsBackWhereTheMiddleHasNoWidth) {
  std::vector<double> zeros(1000, 0.0);
  zeros[17] = 1000;  // deviation sqrt(1000 - 1) = 31.6
  EXPECT_EQ(fit(zeros).moments.scale, 1.0 / 32);
  EXPECT_EQ(fit({12, 12, 12}).moments, (MomentsPlan{12, 1.0 / 16}));
  EXPECT_EQ(fit({-12}).moments, (MomentsPlan{-12, 1.0 / 16}));
  EXPECT_EQ(fit({0, 0}).moments, (MomentsPlan{0, 1}));
}

TEST(MomentsPlan, StaysFiniteForExtremeValues) {
  for (const std::vector<double>& values : {std::vector<double>{-kLargest, kLargest},
                                            {0, kSmallest, 0},
                                            {kSmallest},
                                            {kLargest},
                                            {-kLargest, -kLargest, kLargest},
                                            {1e-310, 2e-310, 3e-310}}) {
    const ColumnProfile profile = fit(values);
    EXPECT_TRUE(std::isfinite(profile.moments.centre));
    EXPECT_TRUE(std::isnormal(profile.moments.scale));
    EXPECT_TRUE(std::isnormal(1 / profile.moments.scale));
    EXPECT_TRUE(std::isfinite(profile.mean));
    EXPECT_TRUE(std::isnormal(profile.deviation));
    EXPECT_TRUE(std::isfinite(1 / profile.deviation));
    EXPECT_TRUE(profile.usable.empty());
  }
}

TEST(Standardisation, ImputesTheMeanAndCountsMissingRows) {
  const ColumnProfile profile = fit({1, 2, 3, 6}, 4);  // squares about the mean 3: 4 + 1 + 0 + 9 = 14 over 8 rows
  EXPECT_EQ(profile.mean, 3);
  EXPECT_EQ(profile.imputed, 3);
  EXPECT_DOUBLE_EQ(profile.deviation, std::sqrt(14.0 / 8));
}

TEST(Standardisation, AConstantColumnHasDeviationOne) {
  EXPECT_EQ(fit({5, 5, 5}, 2).deviation, 1);
  EXPECT_EQ(fit(std::vector<double>(100, 0.1)).deviation, 1);
  std::vector<double> rounding(1000, 1e9);  // as scikit-learn: a deviation within n * mean * epsilon is rounding
  rounding[0] = std::nextafter(1e9, 2e9);
  EXPECT_EQ(fit(rounding).deviation, 1);
}

TEST(FitNumbers, SaysWhyAColumnWithoutFiniteValuesIsUnusable) {
  const ColumnProfile profile = fit({}, 10);
  EXPECT_EQ(profile.usable, "undefined: no finite value in the reference");
  EXPECT_TRUE(profile.partition.edges().empty());
  EXPECT_EQ(profile.deviation, 1);
}

TEST(FitNumbers, DoesNotDependOnTheOrderOfRows) {
  std::mt19937_64 generator(9);
  std::vector<double> values;
  for (int i = 0; i < 10'000; ++i) values.push_back(std::exp(static_cast<double>(generator() >> 11) * 0x1p-49));
  const ColumnProfile one = fit(values, 7);
  std::shuffle(values.begin(), values.end(), generator);
  const ColumnProfile other = fit(values, 7);
  EXPECT_EQ(one.partition, other.partition);
  EXPECT_EQ(one.moments, other.moments);
  EXPECT_EQ(one.doane_edges, other.doane_edges);
  EXPECT_EQ(one.mean, other.mean);
  EXPECT_EQ(one.deviation, other.deviation);
}

}  // namespace
}  // namespace longwatch
