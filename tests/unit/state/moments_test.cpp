// Moments: gate, tails and extremes; derived moments against a two-pass long double computation over the values.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/state/number_state.hpp"
#include "tests/support/random.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch {
namespace {

constexpr MomentsPlan kPlan{3, 0.5};  // gate: -13 ... 19
constexpr double kMax = std::numeric_limits<double>::max();

MomentsState state_of(const std::vector<double>& values, const MomentsPlan& plan = kPlan) {
  MomentsState state;
  for (const double x : values) test::update_moments(state, plan, x);
  return state;
}

struct Expected {
  long double mean = 0, sum = 0, variance = 0, third = 0, fourth = 0;
};

Expected two_pass(const std::vector<double>& values) {
  Expected out;
  const auto n = static_cast<long double>(values.size());
  for (const double x : values) out.sum += x;
  out.mean = out.sum / n;
  for (const double x : values) {
    const long double d = x - out.mean;
    out.variance += d * d / (n - 1);
    out.third += d * d * d / n;
    out.fourth += d * d * d * d / n;
  }
  return out;
}

TEST(Moments, GateIsClosed) {
  EXPECT_EQ(state_of({19, -13}).inside, 2);
  const double below = -13 - 0x1p-48;  // the next double for which x - 3 is not -16
  const MomentsState outside = state_of({std::nextafter(19, 20), below});
  EXPECT_EQ(outside.inside, 0);
  EXPECT_EQ(outside.outside, 2);
  EXPECT_EQ(outside.sums[1], 0);
  EXPECT_EQ(outside.minimum, below);
}

TEST(Moments, FixedPointAtTheGateIsExact) {
  const MomentsState state = state_of({19, 19, -13});  // y = 8, 8, -8
  EXPECT_EQ(state.sums[0], int128{8} << 39);
  EXPECT_EQ(state.sums[1], int128{3 * 64} << 36);
  EXPECT_EQ(state.sums[2], int128{512} << 33);
  EXPECT_EQ(state.sums[3], int128{3 * 4096} << 30);
  EXPECT_EQ(state.power_sum(1), 8);
  EXPECT_EQ(state.power_sum(4), 3 * 4096);
}

TEST(Moments, PowerSumsJoinGateAndTails) {
  const MomentsState state = state_of({5, 43, -57});  // y = 1, 20, -30
  EXPECT_EQ(state.inside, 1);
  EXPECT_EQ(state.power_sum(1), -9);
  EXPECT_EQ(state.power_sum(2), 1301);
  EXPECT_EQ(state.power_sum(3), 1 + 8000 - 27000);
  EXPECT_EQ(state.power_sum(4), 1 + 160000 + 810000);
}

TEST(Moments, NegativeZeroIsZero) {
  const MomentsState state = state_of({-0.0});
  EXPECT_FALSE(std::signbit(state.minimum));
  EXPECT_FALSE(std::signbit(state.maximum));
  EXPECT_EQ(state, state_of({0.0}));
}

TEST(Moments, OfNoneOneAndEqualValues) {
  const Moments none = moments_of(MomentsState(), kPlan);
  EXPECT_EQ(none.n, 0);
  EXPECT_TRUE(std::isnan(none.mean) && std::isnan(none.variance) && std::isnan(none.third) && std::isnan(none.fourth));
  EXPECT_EQ(none.sum, 0);
  const Moments one = moments_of(state_of({0.1}), kPlan);
  EXPECT_EQ(one.mean, 0.1);
  EXPECT_TRUE(std::isnan(one.variance));
  EXPECT_EQ(one.third, 0);
  for (const double x : {0.1, -7.3, 1e5 + 0.1, 1e300, 5e-324}) {
    const Moments equal = moments_of(state_of({x, x, x}), kPlan);
    EXPECT_EQ(equal.mean, x);
    EXPECT_EQ(equal.sum, 3 * x);
    EXPECT_EQ(equal.variance, 0);
    EXPECT_EQ(equal.fourth, 0);
  }
}

TEST(Moments, EqualTheTwoPassComputation) {
  struct Case {
    double shift;           // in scales
    double higher_moments;  // tolerance of third and fourth moment, in powers of the deviation
  };
  for (const Case c :
       {Case{0, 1e-9}, Case{1, 1e-9}, Case{7.5, 1e-8}, Case{30, 1e-8}, Case{-1000, 2e-3}, Case{1000, 2e-3}}) {
    for (const double scale : {0x1p-20, 0.5, 1.0, 0x1p30}) {
      for (const std::size_t n : {2, 10, 5000}) {
        test::Random random(n + 17);
        const MomentsPlan plan{12.3 / scale, scale};
        std::vector<double> values;
        for (std::size_t i = 0; i < n; ++i) values.push_back(plan.centre + (c.shift + random.normal()) / scale);
        const Moments got = moments_of(state_of(values, plan), plan);
        const Expected want = two_pass(values);
        const auto near = [](double value, long double expected, double relative) {
          EXPECT_NEAR(value, static_cast<double>(expected), std::abs(static_cast<double>(expected)) * relative);
        };
        SCOPED_TRACE(testing::Message() << "shift " << c.shift << ", scale " << scale << ", n " << n);
        EXPECT_EQ(got.n, static_cast<std::int64_t>(n));
        near(got.mean, want.mean, 1e-12);
        near(got.sum, want.sum, 1e-12);
        EXPECT_NEAR(got.variance * scale * scale, static_cast<double>(want.variance) * scale * scale, 1e-9);
        EXPECT_NEAR(got.third * std::pow(scale, 3), static_cast<double>(want.third) * std::pow(scale, 3),
                    c.higher_moments);
        EXPECT_NEAR(got.fourth * std::pow(scale, 4), static_cast<double>(want.fourth) * std::pow(scale, 4),
                    c.higher_moments);
      }
    }
  }
}

TEST(Moments, MixedGateAndTailsEqualTheTwoPassComputation) {
  test::Random random(5);
  std::vector<double> values;
  for (int i = 0; i < 4000; ++i) values.push_back(std::pow(random.uniform(), -1.0));  // a heavy tail over the gate
  const Expected want = two_pass(values);
  const Moments got = moments_of(state_of(values), kPlan);
  EXPECT_NEAR(got.mean / static_cast<double>(want.mean), 1, 1e-12);
  EXPECT_NEAR(got.variance / static_cast<double>(want.variance), 1, 1e-12);
  EXPECT_NEAR(got.third / static_cast<double>(want.third), 1, 1e-12);
  EXPECT_NEAR(got.fourth / static_cast<double>(want.fourth), 1, 1e-12);
}

// Squares of 52 bits are exact, their sum has more bits than a double: the variance must not lose them.
TEST(Moments, FarValuesLoseNothingWhereTheirSquaresAreExact) {
  test::Random random(9);
  std::vector<double> values;
  for (int i = 0; i < 5'000; ++i)
    values.push_back(1'000 + (static_cast<double>(random.below(131'072)) - 65'536) / 65'536);
  const Moments got = moments_of(state_of(values, {0, 1}), {0, 1});
  EXPECT_NEAR(got.variance / static_cast<double>(two_pass(values).variance), 1, 1e-14);
}

TEST(Moments, ResolveTinySpreadsWithinTheStatedError) {
  test::Random random(6);
  for (const double spread : {1e-3, 1e-5, 1e-7, 1e-12}) {
    std::vector<double> values;
    for (int i = 0; i < 1000; ++i) values.push_back(4 + spread * random.uniform());
    const Moments got = moments_of(state_of(values), kPlan);
    EXPECT_GE(got.variance, 0);
    EXPECT_GE(got.fourth, 0);
    EXPECT_NEAR(got.variance, static_cast<double>(two_pass(values).variance), 3e-11 / (kPlan.scale * kPlan.scale));
  }
}

TEST(Moments, OverflowIsInfiniteNotNonsense) {
  const Moments squares = moments_of(state_of({1e200, 2e200, -1e200}), kPlan);
  EXPECT_NEAR(squares.mean, 2e200 / 3, 1e186);
  EXPECT_EQ(squares.variance, std::numeric_limits<double>::infinity());
  EXPECT_EQ(squares.fourth, std::numeric_limits<double>::infinity());
  const Moments sum = moments_of(state_of({1e308, 1.5e308}), kPlan);
  EXPECT_EQ(sum.sum, std::numeric_limits<double>::infinity());
  EXPECT_NEAR(sum.mean, 1.25e308, 1e294);
  const MomentsPlan narrow{0, 0x1p100};
  const Moments scores = moments_of(state_of({kMax, 1}, narrow), narrow);
  EXPECT_EQ(scores.mean, std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(moments_of(state_of({kMax, -kMax, 1}, narrow), narrow).mean));
}

TEST(Moments, DenormalsAndExtremesKeepTheirRange) {
  const MomentsState state = state_of({5e-324, -kMax, kMax, 1});
  EXPECT_EQ(state.minimum, -kMax);
  EXPECT_EQ(state.maximum, kMax);
  EXPECT_EQ(state.inside, 2);
  EXPECT_EQ(state.outside, 2);
  EXPECT_EQ(state.tails[1].special_terms(), 2);
  EXPECT_NEAR(moments_of(state_of({5e-324, 1}), kPlan).mean, 0.5, 1e-11);
}

}  // namespace
}  // namespace longwatch
