// Gram matrices equal the oracle's integers, inside the gate and beyond it.

#include <algorithm>

#include "tests/conformance/features.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch::test {
namespace {

GramState empty_state(std::size_t features) {
  GramState state;
  state.sums.assign(features, 0);
  state.products.assign(features * (features + 1) / 2, 0);
  return state;
}

GramState gram_of(Backend& backend, const FeatureRows& rows, std::int64_t begin, std::int64_t count) {
  GramState state = empty_state(rows.views.size());
  const Result<void> done = backend.gram(rows.encoded(begin, count), &state)->wait();
  EXPECT_TRUE(done.ok()) << done.error().text();
  return state;
}

GramState oracle_of(const FeatureRows& rows, std::int64_t begin, std::int64_t count) {
  GramState state = empty_state(rows.views.size());
  for (std::int64_t i = 0; i < count; ++i) update_gram(state, rows.z(begin + i));
  return state;
}

TEST(Gram, EqualsTheOracleForAnyRowsAndFeatures) {
  for (const std::size_t features : {1U, 2U, 7U, 50U}) {
    for (const bool wide : {false, true}) {
      const FeatureRows rows(features, 2200, wide, 3 + features);
      for (const std::int64_t count : {0, 1, 31, 32, 33, 255, 256, 257, 2100}) {
        const GramState want = oracle_of(rows, 5, count);
        for (const auto& backend : usable_backends()) {
          EXPECT_TRUE(gram_of(*backend, rows, 5, count) == want)
              << count << " rows, " << features << " features" << (wide ? ", wide" : "") << ", "
              << backend->description();
        }
      }
    }
  }
}

TEST(Gram, EqualsTheOracleForManyFeatures) {
  for (const std::size_t features : {63U, 64U, 65U, 129U, 500U}) {
    const FeatureRows rows(features, 40, true, 17 + features);
    const GramState want = oracle_of(rows, 3, 35);
    for (const auto& backend : usable_backends())
      EXPECT_TRUE(gram_of(*backend, rows, 3, 35) == want) << features << " features, " << backend->description();
  }
}

TEST(Gram, EqualsTheOracleForManyRows) {
  const FeatureRows rows(3, static_cast<std::size_t>(kManyRows), true, 41);
  const GramState want = oracle_of(rows, 0, kManyRows);
  for (const auto& backend : usable_backends()) EXPECT_TRUE(gram_of(*backend, rows, 0, kManyRows) == want);
}

/// Rows just inside the gate, and so many that their sum as one double would pass 2^53 and lose bits.
TEST(Gram, IsExactAtTheGateForMillionsOfRows) {
  constexpr std::size_t kRows = (1U << 22U) + 701;
  constexpr double kLargest =
      16 - 0x1p-18 - 0x1p-36;  // the coarse part 16 - 2^-18, an odd number of units; the rest -2^-36
  const auto column =
      make_column(ValueType::float64, std::vector<double>(kRows, -kLargest), Nulls::none, 0, Rows::range, 1);
  const std::vector<ColumnView> views = {column->view};
  const std::vector<FeatureEncoder> encoders = {FeatureEncoder{}};
  for (const auto& backend : usable_backends()) {
    GramState state = empty_state(1);
    ASSERT_TRUE(backend->gram({views, encoders, 0, static_cast<std::int64_t>(kRows)}, &state)->wait().ok());
    constexpr int128 kCoarse = (1 << 22) - 1;
    EXPECT_TRUE(state.sums[0] == -static_cast<int128>(kRows) * ((kCoarse << 18) - 1));
    EXPECT_TRUE(state.products[0] == static_cast<int128>(kRows) * ((kCoarse * kCoarse << 18) - 2 * kCoarse));
  }
}

TEST(Gram, AnySplitInAnyOrderGivesTheSameState) {
  const FeatureRows rows(9, 3000, true, 5);
  for (const auto& backend : usable_backends()) {
    const GramState whole = gram_of(*backend, rows, 0, 3000);
    GramState merged = empty_state(9);
    for (std::int64_t at = 3000; at > 0; at -= std::min<std::int64_t>(at, 97)) {
      const std::int64_t begin = std::max<std::int64_t>(0, at - 97);
      merged.merge(gram_of(*backend, rows, begin, at - begin));
    }
    EXPECT_TRUE(merged == whole) << backend->description();
  }
}

TEST(Gram, AStateOfAnotherSizeIsAnError) {
  const FeatureRows rows(4, 10, false, 5);
  for (const auto& backend : usable_backends()) {
    GramState state = empty_state(3);
    EXPECT_FALSE(backend->gram(rows.encoded(0, 10), &state)->wait().ok());
  }
}

}  // namespace
}  // namespace longwatch::test
