// DistinctState: error of the estimate over five orders of magnitude, its bias, and registers against single hashes.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/base/hash.hpp"
#include "engine/state/number_state.hpp"
#include "engine/state/row.hpp"
#include "tests/support/random.hpp"

namespace longwatch {
namespace {

std::vector<std::uint8_t> registers_of(std::uint64_t seed, int values) {
  std::vector<std::uint8_t> registers(row::kDistinctRegisters, 0);
  for (int i = 0; i < values; ++i) {
    const std::uint64_t hash = hash_number(static_cast<double>(seed) * 1e7 + i);
    auto& rank = registers[row::distinct_register(hash)];
    rank = std::max(rank, row::distinct_rank(hash));
  }
  return registers;
}

DistinctState state_of(std::uint64_t seed, int values) {
  DistinctState state;
  state.add(registers_of(seed, values).data());
  return state;
}

TEST(Distinct, OfNoneAndOne) {
  EXPECT_EQ(DistinctState().estimate(), 0);
  EXPECT_NEAR(state_of(1, 1).estimate(), 1, 0.01);
}

TEST(Distinct, SmallCardinalitiesAreNearExact) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_NEAR(state_of(seed, 10).estimate(), 10, 1.1);
    EXPECT_NEAR(state_of(seed, 100).estimate(), 100, 5);
  }
}

TEST(Distinct, ErrorIsWithinThreeSigma) {
  for (const int n : {200, 1'000, 3'000, 10'000, 20'000, 100'000, 1'000'000}) {
    for (std::uint64_t seed = 100; seed < 103; ++seed) {
      EXPECT_NEAR(state_of(seed, n).estimate(), n, 3 * DistinctState::kRelativeError * n);
    }
  }
}

// The raw estimate of 2007 is off by several percent between 2 and 5 times the registers.
TEST(Distinct, EstimateHasNoBias) {
  constexpr int kSeeds = 100;
  for (const int n : {2'000, 8'000, 10'240, 14'000, 20'000}) {
    double sum = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) sum += state_of(1'000 + seed, n).estimate() / n - 1;
    EXPECT_NEAR(sum / kSeeds, 0, 3 * DistinctState::kRelativeError / std::sqrt(kSeeds)) << n;
  }
}

TEST(Distinct, FullRegistersAreFinite) {
  const std::vector<std::uint8_t> full(row::kDistinctRegisters, 53);
  DistinctState state;
  state.add(full.data());
  EXPECT_GT(state.estimate(), 1e18);
}

TEST(Distinct, HashesAndRegistersGiveTheSameState) {
  for (const int n : {5, 500, 520, 600, 9'000}) {  // around the 512 registers of the sparse form
    DistinctState by_hash;
    for (int i = 0; i < n; ++i) by_hash.add_hash(hash_number(3e7 + i));
    EXPECT_EQ(by_hash, state_of(3, n)) << n;
    EXPECT_EQ(by_hash.estimate(), state_of(3, n).estimate());
  }
}

TEST(Distinct, TwoSparseStatesMayBecomeADenseOne) {
  std::vector<std::uint8_t> even(row::kDistinctRegisters, 0);
  std::vector<std::uint8_t> odd = even;
  std::vector<std::uint8_t> all = even;
  for (std::size_t i = 0; i < 800; ++i) {
    (i % 2 == 0 ? even : odd)[i] = 2;
    all[i] = 2;
  }
  DistinctState merged;
  merged.add(even.data());
  DistinctState other;
  other.add(odd.data());
  merged.merge(other);
  DistinctState expected;
  expected.add(all.data());
  EXPECT_EQ(merged, expected);
}

TEST(Distinct, FewValuesTakeLittleMemory) {
  EXPECT_LE(state_of(4, 40).bytes(), 160U);
  EXPECT_LE(state_of(4, 100'000).bytes(), 4'096U);
}

TEST(Distinct, RankHasABound) {
  EXPECT_EQ(row::distinct_rank(0), 53);
  EXPECT_EQ(row::distinct_rank(~std::uint64_t{0}), 1);
  DistinctState state;
  state.add_hash(0);
  ByteWriter out;
  state.serialize(out);
  ByteReader in(out.bytes());
  EXPECT_EQ(DistinctState::deserialize(in).value(), state);
}

TEST(Distinct, RefusesContentThatBreaksARule) {
  const auto read = [](const std::vector<std::uint64_t>& numbers) {
    ByteWriter out;
    for (const std::uint64_t number : numbers) out.u64(number);
    ByteReader in(out.bytes());
    return DistinctState::deserialize(in).ok();
  };
  EXPECT_TRUE(read({1, 4'095, 53}));
  EXPECT_FALSE(read({1, 4'096, 1}));
  EXPECT_FALSE(read({1, 0, 54}));
  EXPECT_FALSE(read({1, 0, 0}));
  EXPECT_FALSE(read({2, 4'095, 1, 0, 1}));
  EXPECT_FALSE(read({2, 5, 1, ~std::uint64_t{0}, 1}));
  std::vector<std::uint64_t> dense(1 + row::kDistinctRegisters, 1);
  dense[0] = row::kDistinctRegisters;
  EXPECT_TRUE(read(dense));
  dense[7] = 0;
  EXPECT_FALSE(read(dense));
  dense[7] = 54;
  EXPECT_FALSE(read(dense));
}

}  // namespace
}  // namespace longwatch
