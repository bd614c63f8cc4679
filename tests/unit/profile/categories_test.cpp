// Dictionaries and frequency encoding, against numbers worked out by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "engine/profile/fit_columns.hpp"
#include "engine/profile/fit_rules.hpp"

namespace longwatch {
namespace {

ColumnProfile fit(std::vector<CategoryCount> counts, std::int64_t missing = 0) {
  ColumnProfile profile;
  profile.column.kind = ColumnKind::categorical;
  fit_categories(std::move(counts), missing, profile);
  return profile;
}

TEST(FitCategories, OrdersTextsByTheirBytes) {
  const ColumnProfile profile = fit({{"b", 1}, {"\xff", 1}, {"", 1}, {"a\xc3\xa4", 1}, {"B", 1}, {"a", 2}});
  EXPECT_EQ(profile.categories, (std::vector<std::string>{"", "B", "a", "a\xc3\xa4", "b", "\xff"}));
  EXPECT_FALSE(profile.cut);
}

TEST(FitCategories, EncodesShares) {
  // 10 rows: a 5, b 3, c 2. Mean of the rows' shares: (25 + 9 + 4) / 100 = 0.38.
  const ColumnProfile profile = fit({{"c", 2}, {"a", 5}, {"b", 3}});
  EXPECT_EQ(profile.shares, (std::vector<double>{0.5, 0.3, 0.2}));
  EXPECT_EQ(profile.imputed, 0.5);
  EXPECT_DOUBLE_EQ(profile.mean, 0.38);
  // 0.5 * 0.12^2 + 0.3 * 0.08^2 + 0.2 * 0.18^2 = 0.0072 + 0.00192 + 0.00648 = 0.0156
  EXPECT_DOUBLE_EQ(profile.deviation, std::sqrt(0.0156));
}

TEST(FitCategories, CountsMissingRowsAsTheMostFrequent) {
  // a 4 + 2 missing, b 2, of 8 rows: shares 0.75 and 0.25, mean 0.625, variance 0.75 * 0.125^2 + 0.25 * 0.375^2 =
  // 0.046875
  const ColumnProfile profile = fit({{"a", 4}, {"b", 2}}, 2);
  EXPECT_EQ(profile.shares, (std::vector<double>{0.75, 0.25}));
  EXPECT_EQ(profile.imputed, 0.75);
  EXPECT_EQ(profile.mean, 0.625);
  EXPECT_DOUBLE_EQ(profile.deviation, std::sqrt(0.046875));
}

TEST(FitCategories, BreaksTiesByTheSmallestText) {
  const ColumnProfile profile = fit({{"z", 3}, {"m", 3}, {"a", 1}}, 3);
  EXPECT_EQ(profile.shares, (std::vector<double>{0.1, 0.6, 0.3}));
  EXPECT_EQ(profile.imputed, 0.6);
}

TEST(FitCategories, EquallyFrequentOnesDoNotVary) {
  EXPECT_EQ(fit({{"a", 1}, {"b", 1}, {"c", 1}}).deviation, 1);
  EXPECT_EQ(fit({{"only", 7}}, 2).deviation, 1);
  EXPECT_EQ(fit({{"only", 7}}, 2).mean, 1);
}

TEST(FitCategories, KeepsTheMostFrequentOfTooMany) {
  std::vector<CategoryCount> counts;
  for (std::size_t i = 0; i < kMaxCategories + 2; ++i) {
    std::string text = std::to_string(1'000'000 + i);
    counts.push_back({std::move(text), 1});
  }
  counts.back().count = 5;
  const ColumnProfile profile = fit(counts);
  EXPECT_TRUE(profile.cut);
  ASSERT_EQ(profile.categories.size(), kMaxCategories);
  EXPECT_EQ(profile.categories.back(), counts.back().text);      // the most frequent
  EXPECT_EQ(profile.categories[kMaxCategories - 2], "1065534");  // then the smallest texts
  // Two rows are cut and encode as 0: the mean share is (65,535 + 25) / rows^2.
  const double rows = static_cast<double>(kMaxCategories) + 2 + 4;
  EXPECT_DOUBLE_EQ(profile.mean, 65'560 / rows / rows);
  const double mean = profile.mean;
  const double variance =
      (65'535 * std::pow(1 / rows - mean, 2) + 5 * std::pow(5 / rows - mean, 2) + 2 * mean * mean) / rows;
  EXPECT_NEAR(profile.deviation, std::sqrt(variance), 1e-12 * std::sqrt(variance));
}

TEST(FitCategories, TakesAnIdentifierForWhatItIs) {
  std::vector<CategoryCount> counts;
  for (std::size_t i = 0; i < kMaxDistinctTexts; ++i) counts.push_back({std::to_string(i), 1});
  EXPECT_EQ(fit(counts).usable, "");
  counts.push_back({"one more", 1});
  const ColumnProfile profile = fit(counts);
  EXPECT_EQ(profile.usable, "undefined: more than 1,048,576 distinct values (an identifier?)");
  EXPECT_TRUE(profile.categories.empty());
}

TEST(FitCategories, SaysWhyAColumnWithoutValuesIsUnusable) {
  const ColumnProfile profile = fit({}, 4);
  EXPECT_EQ(profile.usable, "undefined: no value in the reference");
  EXPECT_EQ(profile.deviation, 1);
}

}  // namespace
}  // namespace longwatch
