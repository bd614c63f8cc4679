// GramState: sums and products of small and large z, its identity, and the rules of its bytes.
#include "engine/state/gram_state.hpp"

#include <gtest/gtest.h>

#include "engine/state/row.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch {
namespace {

TEST(Gram, HoldsSumsAndLowerTriangle) {
  GramState state;
  test::update_gram(state, {0.5, -2, 1});
  test::update_gram(state, {1, 1, 0x1p-18});
  const int128 one = int128{1} << 36;
  EXPECT_EQ(state.rows, 2);
  EXPECT_EQ(state.sums, (std::vector<int128>{one * 3 / 2, -one, one + (1 << 18)}));
  const int128 square = int128{1} << 54;
  const std::vector<int128> products = {square * 5 / 4,   -square + square,  square * 5,
                                        square / 2 + one, -2 * square + one, square + (1 << 18)};
  EXPECT_EQ(state.products, products);
}

TEST(Gram, FinePartsCountToo) {
  GramState state;
  test::update_gram(state, {1 + 0x1p-30, 3});
  EXPECT_EQ(state.sums[0], (int128{1} << 36) + (1 << 6));
  EXPECT_EQ(state.products[0], (int128{1} << 54) + (int128{2} << 24));  // (1 + e)^2 less e^2
  EXPECT_EQ(state.products[1], (int128{3} << 54) + (int128{3} << 24));
}

TEST(Gram, LargeRowsAreExactAndClamped) {
  GramState state;
  test::update_gram(state, {1e300, -1e12, 17.0});
  const int128 limit = int128{1} << 51;
  EXPECT_EQ(state.sums[0], limit);
  EXPECT_EQ(state.sums[1], -limit);
  EXPECT_EQ(state.sums[2], int128{17} << 36);
  EXPECT_EQ(state.products[0], int128{1} << 84);
  EXPECT_EQ(state.products[1], -(int128{1} << 84));
}

TEST(Gram, NoRowsIsTheIdentity) {
  GramState state;
  test::update_gram(state, {1, 2});
  GramState merged;
  merged.merge(state);
  EXPECT_EQ(merged, state);
  merged.merge(GramState());
  EXPECT_EQ(merged, state);
}

bool readable(const GramState& state) {
  ByteWriter out;
  state.serialize(out);
  ByteReader in(out.bytes());
  return GramState::deserialize(in).ok();
}

TEST(Gram, RefusesContentThatBreaksARule) {
  GramState state;
  test::update_gram(state, {1, -2});
  EXPECT_TRUE(readable(state));
  GramState negative = state;
  negative.products[0] = -1;
  EXPECT_FALSE(readable(negative));
  GramState rows = state;
  rows.rows = 0;
  EXPECT_FALSE(readable(rows));
  GramState large = state;
  large.products[1] = (int128{1} << 100) + 1;
  EXPECT_FALSE(readable(large));
}

TEST(Gram, RefusesFeaturesThatTheBytesCannotHold) {
  ByteWriter out;
  out.u64(1);
  out.u64(60'000);
  out.raw(std::string(120'000, '\0').data(), 120'000);
  ByteReader in(out.bytes());
  EXPECT_FALSE(GramState::deserialize(in).ok());
}

}  // namespace
}  // namespace longwatch
