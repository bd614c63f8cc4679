#include "engine/alert/false_discovery.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace longwatch {
namespace {

// Each q-value by its definition: the least rate over all cuts at or above the p-value.
double by_definition(const std::vector<double>& p, std::size_t i) {
  double least = 1;
  for (const double cut : p) {
    if (cut < p[i]) continue;
    const auto called = std::count_if(p.begin(), p.end(), [&](double other) { return other <= cut; });
    least = std::min(least, cut * static_cast<double>(p.size()) / static_cast<double>(called));
  }
  return least;
}

TEST(FalseDiscovery, QValuesAreThoseOfTheDefinition) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform;
  std::vector<double> p;
  for (int i = 0; i < 300; ++i) p.push_back(i < 40 ? uniform(random) * 1e-4 : uniform(random));
  for (int i = 0; i < 20; ++i) p.push_back(p[static_cast<std::size_t>(i) * 7]);  // ties
  p.push_back(0);
  p.push_back(1);
  const std::vector<double> q = q_values(p);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(q[i], by_definition(p, i), 1e-15) << i;
}

TEST(FalseDiscovery, NaNIsNoTest) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> q = q_values(std::vector<double>{nan, 0.01, nan, 0.04});
  EXPECT_TRUE(std::isnan(q[0]));
  EXPECT_DOUBLE_EQ(q[1], 0.02);
  EXPECT_DOUBLE_EQ(q[3], 0.04);
  EXPECT_TRUE(q_values({}).empty());
  EXPECT_TRUE(std::isnan(q_values(std::vector<double>{nan})[0]));
}

}  // namespace
}  // namespace longwatch
