// Quantiles against values of scipy.stats (norm.ppf, t.ppf) 1.17.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/metrics/normal.hpp"

namespace longwatch::metrics {
namespace {

TEST(Normal, quantiles_are_those_of_scipy) {
  EXPECT_NEAR(normal_quantile(1e-300), -37.0470962993612, 1e-12);
  EXPECT_NEAR(normal_quantile(1e-12), -7.034483825301131, 1e-12);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 1e-12);
  EXPECT_NEAR(normal_quantile(0.025), -1.9599639845400545, 1e-12);
  EXPECT_NEAR(normal_quantile(0.3), -0.5244005127080409, 1e-12);
  EXPECT_NEAR(normal_quantile(0.5), 0.0, 1e-12);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(0.9999), 3.719016485455709, 1e-12);
}

TEST(Normal, quantile_and_probability_are_inverse) {
  for (double x = -8; x <= 8; x += 0.25) {
    const double p = normal_probability(-std::abs(x));
    EXPECT_NEAR(normal_quantile(p), -std::abs(x), 1e-12) << x;
  }
}

TEST(Normal, the_ends_and_beyond) {
  EXPECT_EQ(normal_quantile(0), -INFINITY);
  EXPECT_EQ(normal_quantile(1), INFINITY);
  EXPECT_TRUE(std::isnan(normal_quantile(-0.1)));
  EXPECT_TRUE(std::isnan(normal_quantile(NAN)));
}

TEST(Normal, student_quantiles_are_those_of_scipy) {
  EXPECT_NEAR(student_quantile(0.975, 5), 2.5705818356363146, 0.002);
  EXPECT_NEAR(student_quantile(0.975, 20), 2.085963447265864, 1e-05);
  EXPECT_NEAR(student_quantile(0.025, 20), -2.0859634472658652, 1e-05);
  EXPECT_NEAR(student_quantile(0.975, 7.5), 2.333039626864974, 0.0005);
  EXPECT_NEAR(student_quantile(0.9, 12), 1.356217334023205, 1e-05);
  EXPECT_NEAR(student_quantile(0.975, 200), 1.9718962236339088, 1e-09);
  EXPECT_EQ(student_quantile(0.975, INFINITY), normal_quantile(0.975));
}

}  // namespace
}  // namespace longwatch::metrics
