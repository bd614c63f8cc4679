// The laws of estimated losses: any split and order of the rows, bytes there and back, no harm from damaged bytes.
#include "engine/state/loss_state.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/random.hpp"

namespace longwatch {
namespace {

using test::Random;

// Estimates of ten orders of magnitude, so that sums in another order would round otherwise.
LossState random_state(Random& random, int rows) {
  LossState out;
  for (int i = 0; i < rows; ++i) {
    if (random.below(7) == 0) {
      ++out.unestimated;
      continue;
    }
    ++out.estimated;
    out.negative += random.below(3) == 0 ? 1 : 0;
    for (std::size_t loss = 0; loss + 1 < kLosses; ++loss)
      out.losses[loss].add(random.normal() * std::pow(10.0, static_cast<double>(random.below(21)) - 10));
  }
  return out;
}

std::string bytes_of(const LossState& state) {
  ByteWriter out;
  state.serialize(out);
  return out.take();
}

TEST(LossState, MergesInAnyOrderAndGrouping) {
  Random random(1);
  for (int i = 0; i < 50; ++i) {
    const LossState a = random_state(random, 40), b = random_state(random, 1), c = random_state(random, 300);
    LossState left = a, right = b, turned = c;
    left.merge(b);
    left.merge(c);
    right.merge(c);
    LossState grouped = a;
    grouped.merge(right);
    turned.merge(b);
    turned.merge(a);
    EXPECT_EQ(left, grouped);
    EXPECT_EQ(left, turned);
    EXPECT_EQ(left.losses[0].sum.value(), turned.losses[0].sum.value());
    LossState same = a;
    same.merge(LossState());
    EXPECT_EQ(same, a);
    EXPECT_FALSE(left == a);
  }
}

TEST(LossState, BytesThereAndBack) {
  Random random(2);
  for (int i = 0; i < 50; ++i) {
    const LossState state = random_state(random, i);
    const std::string bytes = bytes_of(state);
    ByteReader in(bytes);
    const auto back = LossState::deserialize(in);
    ASSERT_TRUE(back.ok()) << back.error().text();
    EXPECT_EQ(back.value(), state);
    EXPECT_EQ(in.remaining(), 0U);
  }
}

TEST(LossState, DamagedBytesAreRefusedOrRead) {
  Random random(3);
  const std::string bytes = bytes_of(random_state(random, 30));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    ByteReader in(std::string_view(bytes).substr(0, cut));
    EXPECT_FALSE(LossState::deserialize(in).ok()) << cut;
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1 + random.below(255)));
    ByteReader in(damaged);
    const auto read = LossState::deserialize(in);
    if (read.ok()) {
      EXPECT_LE(read.value().negative, read.value().estimated);
    }
  }
}

TEST(LossState, RefusesSumsOfNoRowsAndMoreNegativePredictionsThanRows) {
  LossState state;
  state.losses[0].add(1);
  const std::string of_none = bytes_of(state);
  ByteReader in(of_none);
  EXPECT_FALSE(LossState::deserialize(in).ok());
  state.estimated = 1;
  state.negative = 2;
  const std::string negative = bytes_of(state);
  ByteReader again(negative);
  EXPECT_FALSE(LossState::deserialize(again).ok());
}

}  // namespace
}  // namespace longwatch
