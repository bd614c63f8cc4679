// The row formula of regressions: the logarithm against the library's, and where a row without one goes.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/state/residual_state.hpp"
#include "tests/support/random.hpp"

namespace longwatch {
namespace {

double ulps(double a, double b) { return std::abs(a - b) / (std::nextafter(std::abs(b), INFINITY) - std::abs(b)); }

TEST(NaturalLog, IsWithinTwoUlpOfTheLibrarys) {
  test::Random random(3);
  double worst = 0;
  for (int i = 0; i < 200'000; ++i) {
    const double x = std::exp(random.normal() * (i % 3 == 0 ? 200 : i % 3 == 1 ? 1 : 1e-3));
    if (!(x > 0) || !std::isfinite(x) || x == 1) continue;
    worst = std::max(worst, ulps(row::natural_log(x), std::log(x)));
  }
  EXPECT_LE(worst, 2);
  EXPECT_EQ(row::natural_log(1), 0);
  EXPECT_LE(ulps(row::natural_log(5e-324), std::log(5e-324)), 2);
}

TEST(NaturalLog1p, KeepsSmallArguments) {
  test::Random random(4);
  for (int i = 0; i < 100'000; ++i) {
    const double x = std::exp(random.normal() * 20);
    if (!std::isfinite(x)) continue;
    ASSERT_LE(ulps(row::natural_log1p(x), std::log1p(x)), 4) << x;
  }
  EXPECT_EQ(row::natural_log1p(0), 0);
  EXPECT_EQ(row::natural_log1p(1e-300), 1e-300);
}

TEST(ResidualState, CountsRowsWithoutRelativeOrLogError) {
  ResidualState state;
  state.add(1, 0, 0);    // no relative error
  state.add(-1, 2, 0);   // no log error
  state.add(3, 2, 0);
  EXPECT_EQ(state.labelled, 3);
  EXPECT_EQ(state.zero_labels, 1);
  EXPECT_EQ(state.negatives, 1);
  EXPECT_EQ(state.sums[row::kError].value(), 1 - 3 + 1);
  EXPECT_EQ(state.sums[row::kAbsolute].value(), 5);
  EXPECT_EQ(state.sums[row::kRelative].value(), 1.5 + 0.5);
}

TEST(ErrorBin, GrowsWithTheErrorAndIsSymmetric) {
  int before = -row::kErrorBins - 1;
  for (const double e : {-1e300, -7.0, -2.0, -1.9, -1e-300, 0.0, 1e-300, 1.9, 2.0, 7.0, 1e300}) {
    const int bin = row::error_bin(e);
    EXPECT_GT(bin, before) << e;
    EXPECT_EQ(row::error_bin(-e), -bin);
    before = bin;
  }
}

}  // namespace
}  // namespace longwatch
