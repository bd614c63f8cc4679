// ExactSum against sums by Python's fractions.Fraction, rounded once.
#include "engine/state/exact_sum.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/random.hpp"

namespace longwatch {
namespace {

constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kDenormal = std::numeric_limits<double>::denorm_min();

double sum_of(const std::vector<double>& terms) {
  ExactSum sum;
  for (const double term : terms) sum.add(term);
  return sum.value();
}

TEST(ExactSum, RoundsTheExactSumOnce) {
  EXPECT_EQ(sum_of({}), 0);
  EXPECT_EQ(sum_of({1e308, 1.0, -1e308}), 1.0);
  EXPECT_EQ(sum_of({1.0, 0x1p-53}), 1.0);                       // a tie goes to the even neighbour,
  EXPECT_EQ(sum_of({1.0 + 0x1p-52, 0x1p-53}), 1.0 + 0x1p-51);   // here upwards,
  EXPECT_EQ(sum_of({1.0, 0x1p-53, kDenormal}), 1.0 + 0x1p-52);  // and anything below it breaks the tie
  EXPECT_EQ(sum_of({-1.0, -0x1p-53, -kDenormal}), -1.0 - 0x1p-52);
  EXPECT_EQ(sum_of({1.0, 0x1p-53, -kDenormal}), 1.0);
  EXPECT_EQ(sum_of({kDenormal, kDenormal, -3 * kDenormal}), -kDenormal);
  EXPECT_EQ(sum_of({0x1p-1022, -kDenormal}), 0x1p-1022 - kDenormal);
  EXPECT_EQ(sum_of({kMax, -kMax, kDenormal}), kDenormal);
}

TEST(ExactSum, OverflowsOnlyInTheEnd) {
  EXPECT_EQ(sum_of({kMax, kMax, -kMax}), kMax);
  EXPECT_EQ(sum_of({kMax, kMax}), kInf);
  EXPECT_EQ(sum_of({-kMax, -kMax}), -kInf);
  EXPECT_EQ(sum_of({kMax, 0x1p969}), kMax);  // a quarter of an ulp
  EXPECT_EQ(sum_of({kMax, 0x1p970}), kInf);  // half an ulp: the tie goes to the even neighbour, which is 2^1024
}

TEST(ExactSum, CountsInfinitiesAndNaN) {
  EXPECT_EQ(sum_of({kInf, 1}), kInf);
  EXPECT_EQ(sum_of({-kInf, kMax}), -kInf);
  EXPECT_TRUE(std::isnan(sum_of({kInf, -kInf})));
  EXPECT_TRUE(std::isnan(sum_of({std::nan(""), 1})));
  ExactSum sum;
  sum.add(kInf);
  sum.add(-kInf);
  sum.add(-std::nan(""));
  EXPECT_EQ(sum.special_terms(), 3);
  EXPECT_FALSE(sum.empty());
}

TEST(ExactSum, TermsThatCancelLeaveTheEmptySum) {
  ExactSum sum;
  sum.add(-0.0);
  EXPECT_TRUE(sum.empty());
  sum.add(0.1);
  EXPECT_FALSE(sum.empty());
  sum.add(-0.1);
  EXPECT_TRUE(sum.empty());
  EXPECT_EQ(sum, ExactSum());
  EXPECT_FALSE(std::signbit(sum.value()));
  ByteWriter cancelled;
  ByteWriter empty;
  sum.serialize(cancelled);
  ExactSum().serialize(empty);
  EXPECT_EQ(cancelled.bytes(), empty.bytes());
}

TEST(ExactSum, CopiesAreIndependent) {
  ExactSum sum;
  sum.add(1.5);
  ExactSum copy = sum;
  copy.add(1);
  EXPECT_EQ(sum.value(), 1.5);
  EXPECT_EQ(copy.value(), 2.5);
  sum = copy;
  sum.merge(sum);
  EXPECT_EQ(sum.value(), 5);
  EXPECT_EQ(copy.value(), 2.5);
}

TEST(ExactSum, RefusesContentThatBreaksARule) {
  struct Slot {
    std::uint64_t index;
    int128 value;
  };
  const auto read = [](std::uint64_t head, const std::vector<Slot>& slots) {
    ByteWriter out;
    out.u64(head);
    for (const Slot& slot : slots) {
      out.u64(slot.index);
      out.i128(slot.value);
    }
    ByteReader in(out.bytes());
    return ExactSum::deserialize(in).ok();
  };
  const int128 largest = int128{1} << 126;  // 2^42 terms of 84 bits
  EXPECT_TRUE(read(4, {{0, -largest}, {63, largest}}));
  EXPECT_FALSE(read(2, {{0, largest + 1}}));
  EXPECT_FALSE(read(2, {{0, -largest - 1}}));
  EXPECT_FALSE(read(2, {{0, 0}}));
  EXPECT_FALSE(read(2, {{64, 1}}));
  EXPECT_FALSE(read(4, {{5, 1}, {5, 1}}));
  EXPECT_FALSE(read(4, {{5, 1}, {4, 1}}));
  EXPECT_FALSE(read(2 * 65, {}));
  EXPECT_FALSE(read(~std::uint64_t{0}, {}));
}

struct RandomCase {
  std::uint64_t seed;
  int lowest;  // biased exponents of the terms: from `lowest`,
  int span;    // this many
  int terms;
  double sum;
};

class ExactSumRandom : public testing::TestWithParam<RandomCase> {};

TEST_P(ExactSumRandom, EqualsFraction) {
  const RandomCase& c = GetParam();
  test::Random random(c.seed);
  ExactSum sum;
  for (int i = 0; i < c.terms; ++i) {
    const std::uint64_t exponent =
        static_cast<std::uint64_t>(c.lowest) + random.next() % static_cast<std::uint64_t>(c.span);
    const std::uint64_t bits = random.next();
    sum.add(std::bit_cast<double>((bits & 0x800fffffffffffffULL) | exponent << 52));
  }
  EXPECT_EQ(sum.value(), c.sum);
}

INSTANTIATE_TEST_SUITE_P(Python, ExactSumRandom,
                         testing::Values(RandomCase{1, 1000, 50, 1000, -0x1.9b955af1e3d66p+28},
                                         RandomCase{2, 0, 3, 500, -0x1.f6eaa97a09b89p-1018},
                                         RandomCase{3, 0, 2047, 2000, 0x1.5fdaa47b8beb5p+1023},
                                         RandomCase{4, 1, 70, 999, -0x1.929852459b3c4p-953},
                                         RandomCase{5, 1023, 1, 5000, 0x1.6ed79be685f77p+4},
                                         RandomCase{6, 2030, 17, 40, -0x1.2957eda1cba2bp+1021},
                                         RandomCase{7, 0, 1, 300, 0x1.0c432fe327a02p-1021},
                                         RandomCase{8, 900, 400, 17, 0x1.b455d74ea3423p+253},
                                         RandomCase{9, 31, 2, 64, 0x1.c285bc2fb2014p-989},
                                         RandomCase{10, 2015, 32, 3, -0x1.e91a72eee13bfp+1021}));

}  // namespace
}  // namespace longwatch
