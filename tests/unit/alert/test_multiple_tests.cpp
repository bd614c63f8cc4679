// q-values against scipy.stats.false_discovery_control and the definition.
#include "engine/alert/multiple_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace longwatch::test {
namespace {

TEST(QValues, AsScipy) {
  // scipy.stats.false_discovery_control([0.01, 0.02, 0.03, 0.5, 0.0002])
  const std::vector<double> q = q_values(std::vector<double>{0.01, 0.02, 0.03, 0.5, 0.0002});
  const std::vector<double> expected = {0.025, 1.0 / 30, 0.0375, 0.5, 0.001};
  for (std::size_t i = 0; i < q.size(); ++i) EXPECT_NEAR(q[i], expected[i], 1e-15);
}

TEST(QValues, WhatIsNoTestDoesNotCount) {
  const std::vector<double> q = q_values(std::vector<double>{std::nan(""), 0.02, std::nan("")});
  EXPECT_TRUE(std::isnan(q[0]));
  EXPECT_EQ(q[1], 0.02);
  EXPECT_TRUE(q_values({}).empty());
}

TEST(QValues, TheStepUpProcedureRejectsTheSame) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform;
  for (int round = 0; round < 50; ++round) {
    std::vector<double> p(200);
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = i < 20 ? 1e-3 * uniform(random) : uniform(random);
    const std::vector<double> q = q_values(p);
    std::vector<double> sorted = p;
    std::sort(sorted.begin(), sorted.end());
    double limit = -1;  // the largest p with p <= 0.05 rank / m
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (sorted[i] <= 0.05 * static_cast<double>(i + 1) / 200) limit = sorted[i];
    }
    for (std::size_t i = 0; i < p.size(); ++i) EXPECT_EQ(q[i] <= 0.05, p[i] <= limit);
  }
}

}  // namespace
}  // namespace longwatch::test
