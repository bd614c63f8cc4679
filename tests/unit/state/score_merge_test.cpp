// Many states of scores merged at once.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace longwatch
