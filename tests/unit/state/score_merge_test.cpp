// Many states of scores merged at once.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/state/score_state.hpp"
#include "tests/support/random.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch {
namespace {

TEST(MergeScores, IsMergingOneByOne) {
  test::Random random(5);
  for (const std::size_t count : {0u, 1u, 2u, 7u, 20u}) {
    std::vector<ScoreState> states(count);
    ScoreState one_by_one;
    for (ScoreState& state : states) {
      for (int row = 0; row < 30; ++row) {
        const double score = random.below(9) == 0 ? std::nan("") : static_cast<double>(random.below(12)) / 11;
        const auto code = [&] { return static_cast<std::int8_t>(static_cast<int>(random.below(3)) - 1); };
        test::update_scores(state, score, 0.5, code(), code());
      }
      one_by_one.merge(state);
    }
    EXPECT_EQ(merge_scores(states), one_by_one) << count;
    EXPECT_EQ(one_by_one.rows, static_cast<std::int64_t>(30 * count));
  }
}

// Tied, least, greatest, subnormal and neighbouring scores, with every code; sizes around those of a vector sort.
TEST(CountScores, IsSortingOneEntryARow) {
  test::Random random(6);
  const double some[] = {0, 1, 0.5, std::nextafter(0.5, 1), 5e-324, 1e-300, std::nextafter(1.0, 0)};
  for (const std::size_t rows : {0u, 1u, 2u, 15u, 64u, 1000u}) {
    std::vector<std::uint64_t> keys[2];
    std::vector<ScoreEntry> expected;
    for (std::size_t row = 0; row < rows; ++row) {
      const bool listed = random.below(2) == 0;
      const double score = listed ? some[random.below(7)] : static_cast<double>(random.below(300)) / 299;
      const auto label = static_cast<LabelCode>(random.below(3));
      const bool predicted = random.below(2) == 0;
      keys[predicted ? 1 : 0].push_back(score_key(score, label));
      expected.push_back(ScoreEntry::of(score, ScoreEntry::code_of(predicted, label), 1));
    }
    sort_scores(expected);
    std::vector<ScoreEntry> counted;
    count_scores(keys, counted);
    EXPECT_EQ(counted, expected) << rows;
  }
}

}  // namespace
}  // namespace longwatch
