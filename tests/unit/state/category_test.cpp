// CategoryState: counts by category, the 64 kept unseen values, and the rules of its bytes.
#include "engine/state/category_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "engine/base/hash.hpp"
#include "tests/support/random.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch {
namespace {

const std::vector<std::string> kCategories = {"a", "", "b\n", "ü"};

TEST(Category, CountsEveryRowOnce) {
  CategoryState state;
  for (const char* text : {"a", "", "ü", "a", "new", "A", "new"}) {
    const std::string value = text;
    test::update_category(state, kCategories, &value);
  }
  test::update_category(state, kCategories, nullptr);
  EXPECT_EQ(state.counts.rows, 8);
  EXPECT_EQ(state.counts.missing(), 1);
  EXPECT_EQ(state.categories, (std::vector<CategoryState::Entry>{{0, 2}, {1, 1}, {3, 1}}));
  EXPECT_EQ(state.unseen, 3);
  ASSERT_EQ(state.unseen_values.size(), 2U);
  EXPECT_NEAR(state.distinct.estimate(), 5, 0.1);
}

// Many more unseen values than are kept, over 40 parts: the kept ones are those with the smallest hashes, with exact
// counts.
TEST(Category, MergeKeepsTheSmallestHashesWithExactCounts) {
  test::Random random(8);
  std::vector<CategoryState> parts(40);
  std::map<std::pair<std::uint64_t, std::string>, std::int64_t> expected;
  for (int i = 0; i < 5'000; ++i) {
    const std::string text = "value " + std::to_string(random.below(700));
    expected[{hash_text(text), text}] += 1;
    test::update_category(parts[random.below(parts.size())], kCategories, &text);
  }
  CategoryState state;
  for (const CategoryState& part : parts) state.merge(part);
  EXPECT_EQ(state.unseen, 5'000);
  ASSERT_EQ(state.unseen_values.size(), kKeptUnseen);
  auto next = expected.begin();
  for (const UnseenValue& value : state.unseen_values) {
    EXPECT_EQ(value.hash, next->first.first);
    EXPECT_EQ(value.text, next->first.second);
    EXPECT_EQ(value.count, next->second);
    ++next;
  }
}

TEST(Category, MergeAddsThePoolOfOthers) {
  CategoryState one;
  one.counts.rows = one.other = 3;
  CategoryState two;
  two.counts.rows = two.other = 4;
  one.merge(two);
  EXPECT_EQ(one.other, 7);
  EXPECT_EQ(one.counts.rows, 7);
}

CategoryState small_state() {
  CategoryState state;
  for (const char* text : {"a", "b\n", "x", "y", "y"}) {
    const std::string value = text;
    test::update_category(state, kCategories, &value);
  }
  return state;
}

bool readable(const CategoryState& state, std::size_t categories = kCategories.size()) {
  ByteWriter out;
  state.serialize(out);
  ByteReader in(out.bytes());
  return CategoryState::deserialize(in, categories).ok();
}

TEST(Category, RefusesContentThatBreaksARule) {
  EXPECT_TRUE(readable(small_state()));
  EXPECT_FALSE(readable(small_state(), 2)) << "code 2 of 2 categories";
  const std::vector<std::function<void(CategoryState&)>> damages = {
      [](CategoryState& s) { s.counts.rows += 1; },
      [](CategoryState& s) { s.categories[0].count = 0; },
      [](CategoryState& s) { s.categories[0].count = -1; },
      [](CategoryState& s) { std::swap(s.categories[0], s.categories[1]); },
      [](CategoryState& s) { s.other = 1; },
      [](CategoryState& s) { s.unseen += 1, s.counts.rows += 1; },
      [](CategoryState& s) { s.unseen_values[0].count += 1; },
      [](CategoryState& s) { std::swap(s.unseen_values[0], s.unseen_values[1]); },
      [](CategoryState& s) { s.unseen_values[1] = s.unseen_values[0]; },
      [](CategoryState& s) { s.counts.nulls = s.counts.rows + 1; }};
  for (std::size_t i = 0; i < damages.size(); ++i) {
    CategoryState state = small_state();
    damages[i](state);
    EXPECT_FALSE(readable(state)) << "damage " << i;
  }
}

}  // namespace
}  // namespace longwatch
