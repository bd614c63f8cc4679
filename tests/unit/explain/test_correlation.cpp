#include "engine/explain/correlation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace longwatch {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// Integrates t^(a-1) (1-t)^(b-1) by Simpson's rule after t = sin^2(u), which is smooth for a, b >= 1/2.
double by_integration(double x, double a, double b) {
  const auto integral = [&](double end) {
    constexpr int kSteps = 20'000;
    const auto f = [&](double u) { return 2 * std::pow(std::sin(u), 2 * a - 1) * std::pow(std::cos(u), 2 * b - 1); };
    const double h = end / kSteps;
    double sum = f(0) + f(end);
    for (int i = 1; i < kSteps; ++i) sum += (i % 2 == 1 ? 4 : 2) * f(i * h);
    return sum * h / 3;
  };
  return integral(std::asin(std::sqrt(x))) / integral(std::asin(1.0));
}

TEST(Correlation, IncompleteBetaIsTheIntegral) {
  for (const double a : {0.5, 1.0, 2.5, 10.0, 40.0}) {
    for (const double b : {0.5, 1.0, 3.0}) {
      for (const double x : {0.01, 0.2, 0.5, 0.9, 0.99}) {
        EXPECT_NEAR(incomplete_beta(x, a, b), by_integration(x, a, b), 1e-9) << a << " " << b << " " << x;
      }
    }
  }
  EXPECT_EQ(incomplete_beta(0, 2, 3), 0);
  EXPECT_EQ(incomplete_beta(1, 2, 3), 1);
  EXPECT_NEAR(incomplete_beta(1e-8, 3, 0.5), 0.3125e-24, 1e-32);  // x^3 / (3 B(3, 1/2)) and B(3, 1/2) = 16 / 15
}

// scipy.stats.pearsonr 1.17.1.
TEST(Correlation, IsScipys) {
  const std::vector<double> x{1, 2, 3, 4, 5, 6}, y{2.1, 1.9, 3.5, 3.2, 5.5, 4.8};
  const Correlation found = pearson(x, y);
  EXPECT_EQ(found.pairs, 6);
  EXPECT_NEAR(found.r, 0.8938067072686303, 1e-14);
  EXPECT_NEAR(found.p_value, 0.016316751431819394, 1e-14);
  std::vector<double> down;
  for (int i = 0; i < 40; ++i) down.push_back(-std::sqrt(i + 1.0));
  std::vector<double> up;
  for (int i = 0; i < 40; ++i) up.push_back(i);
  EXPECT_NEAR(pearson(up, down).r, -0.9834156811882064, 1e-14);
  EXPECT_NEAR(pearson(up, down).p_value / 8.733773876486735e-30, 1, 1e-9);
}

TEST(Correlation, OnlyPairsWithBothValuesCount) {
  const std::vector<double> x{1, kNaN, 2, 9, 3, 4}, y{1, 5, 2, kInf, 3, 5};
  const Correlation found = pearson(x, y);
  EXPECT_EQ(found.pairs, 4);
  const std::vector<double> a{1, 2, 3, 4}, b{1, 2, 3, 5};
  EXPECT_EQ(found.r, pearson(a, b).r);
}

TEST(Correlation, IsUnknownWhereNothingVaries) {
  const std::vector<double> x{1, 2, 3, 4}, flat{0.1, 0.1, 0.1, 0.1};
  EXPECT_TRUE(std::isnan(pearson(x, flat).r));
  EXPECT_TRUE(std::isnan(pearson(flat, x).p_value));
  EXPECT_TRUE(std::isnan(pearson(std::vector<double>{1, 2}, std::vector<double>{3, 4}).r));
  EXPECT_TRUE(std::isnan(pearson({}, {}).r));
  const std::vector<double> huge{1e300, 2e300, 3e300, 4e300};
  EXPECT_DOUBLE_EQ(pearson(x, huge).r, 1);
  EXPECT_NEAR(pearson(x, huge).p_value, 0, 1e-15);
}

}  // namespace
}  // namespace longwatch
