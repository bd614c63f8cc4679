// The upper gamma tail against 400-digit arithmetic and its own laws.
#include "engine/metrics/gamma.hpp"

#include "tests/unit/metrics/cells.hpp"

namespace longwatch::test {
namespace {

TEST(UpperGamma, AgreesWith400Digits) {
  const nlohmann::json cases = expected_values("gamma.json");
  ASSERT_GE(cases.size(), 90u);
  double smallest = 1;
  for (const auto& entry : cases) {
    const double expected = number(entry["q"]);
    smallest = std::min(smallest, expected);
    EXPECT_NEAR(metrics::upper_gamma(number(entry["a"]), number(entry["x"])) / expected, 1, 1e-12)
        << "a " << entry["a"] << ", x " << entry["x"];
  }
  EXPECT_LT(smallest, 1e-250);
}

TEST(UpperGamma, IsTheExponentialTailForOne) {
  for (const double x : {1e-300, 1e-9, 0.5, 1.0, 2.0, 2.5, 100.0, 690.0}) {
    EXPECT_NEAR(metrics::upper_gamma(1, x) / std::exp(-x), 1, 1e-13) << x;
  }
}

TEST(UpperGamma, Ends) {
  EXPECT_EQ(metrics::upper_gamma(3, 0), 1);
  EXPECT_EQ(metrics::upper_gamma(3, -0.0), 1);
  EXPECT_EQ(metrics::upper_gamma(3, std::numeric_limits<double>::infinity()), 0);
  EXPECT_EQ(metrics::upper_gamma(3, 1e300), 0);
  EXPECT_TRUE(std::isnan(metrics::upper_gamma(3, kNaN)));
}

TEST(UpperGamma, FallsWithoutAStepWhereTheMethodsMeet) {
  for (const double a : {0.5, 3.0, 15.5, 16.0, 400.0, 32800.0}) {
    const double below = metrics::upper_gamma(a, std::nextafter(a + 1, 0));
    const double above = metrics::upper_gamma(a, a + 1);
    EXPECT_NEAR(above / below, 1, 1e-12) << a;
  }
}

TEST(ChiSquaredTail, KnownQuantiles) {
  // scipy.stats.chi2.isf(0.05, k)
  EXPECT_NEAR(metrics::chi_squared_tail(3.8414588206941285, 1), 0.05, 1e-15);
  EXPECT_NEAR(metrics::chi_squared_tail(18.307038053275143, 10), 0.05, 1e-14);
  EXPECT_EQ(metrics::chi_squared_tail(0, 0), 1);
}

}  // namespace
}  // namespace longwatch::test
