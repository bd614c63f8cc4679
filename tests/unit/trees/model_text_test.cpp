// Texts of real trees pass and score the same; whatever would lead LightGBM astray is refused.
#include "engine/trees/model_text.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/trees/booster.hpp"
#include "tests/support/random.hpp"

namespace longwatch {
namespace {

using test::Random;

// A number, a category with a gap, a number with missing values.
RowMatrix example(std::int32_t rows) {
  Random random(4);
  RowMatrix out{3, {}};
  for (std::int32_t i = 0; i < rows; ++i) {
    out.values.push_back(random.normal());
    out.values.push_back(static_cast<double>(random.below(12)));
    out.values.push_back(random.below(5) == 0 ? std::nan("") : random.normal());
  }
  return out;
}

struct Grown {
  RowMatrix rows = example(3'000);
  std::string text;
  std::vector<double> scores = std::vector<double>(3'000);
};

const Grown& grown() {
  static const Grown kGrown = [] {
    Grown out;
    const std::vector<std::int32_t> categorical = {1};
    const BinnedRows binned = BinnedRows::make(lightgbm().value(), out.rows, categorical).value();
    std::vector<std::int32_t> all;
    std::vector<float> labels;
    for (std::int32_t i = 0; i < out.rows.rows(); ++i) {
      const double* row = out.rows.row(i);
      all.push_back(i);
      labels.push_back(static_cast<float>(row[0] + std::fmod(row[1], 3) + (std::isnan(row[2]) ? 2 : row[2] * row[2])));
    }
    const Booster booster = Booster::grow(binned, all, labels, TreeObjective::squared_error, {}).value();
    out.text = booster.text().value();
    EXPECT_TRUE(booster.score(out.rows.values.data(), 3, out.scores).ok());
    return out;
  }();
  return kGrown;
}

TEST(ModelText, CheckedTreesScoreAsTheirOriginals) {
  const auto checked = check_model_text(grown().text, 3);
  ASSERT_TRUE(checked.ok()) << checked.error().text();
  EXPECT_LT(checked.value().size(), grown().text.size() * 2 / 3);
  EXPECT_EQ(check_model_text(checked.value(), 3).value(), checked.value());
  const Booster back = Booster::parse(lightgbm().value(), checked.value(), 3).value();
  std::vector<double> scores(grown().scores.size());
  ASSERT_TRUE(back.score(grown().rows.values.data(), 3, scores).ok());
  EXPECT_EQ(scores, grown().scores);
}

TEST(ModelText, MissingValuesAloneAreASplitAtInfinity) {
  RowMatrix rows{1, {}};
  std::vector<std::int32_t> all;
  std::vector<float> labels;
  for (std::int32_t i = 0; i < 200; ++i) {
    rows.values.push_back(i % 4 == 0 ? std::nan("") : i);
    all.push_back(i);
    labels.push_back(i % 4 == 0 ? 5 : 1);
  }
  const BinnedRows binned = BinnedRows::make(lightgbm().value(), rows, {}).value();
  const Booster booster = Booster::grow(binned, all, labels, TreeObjective::squared_error, {}).value();
  // LightGBM writes such a split at 0 or, where other values of the column are negative, at infinity.
  const std::string text = check_model_text(booster.text().value(), 1).value();
  const auto with_first_threshold = [&](const std::string& value) {
    std::string out = text;
    const std::size_t at = out.find("threshold=") + std::string("threshold=").size();
    return out.replace(at, out.find_first_of(" \n", at) - at, value);
  };
  const auto back = Booster::parse(lightgbm().value(), with_first_threshold("inf"), 1);
  ASSERT_TRUE(back.ok()) << back.error().text();
  std::vector<double> after(200);
  ASSERT_TRUE(back.value().score(rows.values.data(), 1, after).ok());
  EXPECT_GT(after[0], after[1] + 3);
  EXPECT_FALSE(check_model_text(with_first_threshold("nan"), 1).ok());
}

// The text with one line's value replaced, in its first tree with that line.
std::string with_line(std::string text, const std::string& key, const std::string& value) {
  const std::size_t at = text.find("\n" + key + "=") + 1;
  const std::size_t begin = at + key.size() + 1;
  return text.replace(begin, text.find('\n', at) - begin, value);
}

TEST(ModelText, RefusesTreesThatLeadAstray) {
  const std::string text = check_model_text(grown().text, 3).value();
  const auto line = [&](const std::string& key) {
    const std::size_t begin = text.find("\n" + key + "=") + key.size() + 2;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  const auto first_as = [&](const std::string& key, const std::string& number) {
    const std::string old = line(key);
    return with_line(text, key, number + old.substr(old.find(' ')));
  };
  const std::vector<std::string> wrong = {first_as("split_feature", "3"),
                                          first_as("split_feature", "-1"),
                                          first_as("left_child", "30"),
                                          first_as("left_child", "0"),
                                          first_as("right_child", "-32"),
                                          first_as("threshold", "nan"),
                                          first_as("decision_type", "16"),
                                          first_as("leaf_value", "inf"),
                                          first_as("cat_boundaries", "1"),
                                          with_line(text, "num_leaves", "32"),
                                          with_line(text, "num_leaves", "0"),
                                          with_line(text, "num_leaves", "99999999999999999999"),
                                          with_line(text, "num_cat", "-1"),
                                          with_line(text, "cat_threshold", "1"),
                                          with_line(text, "left_child", ""),
                                          with_line(text, "is_linear", "1"),
                                          with_line(text, "num_class", "2"),
                                          with_line(text, "objective", "lambdarank"),
                                          with_line(text, "max_feature_idx", "4"),
                                          "",
                                          "tree",
                                          "tree\n\n",
                                          text.substr(0, text.size() / 2),
                                          "x" + text};
  for (const std::string& one : wrong) {
    EXPECT_FALSE(check_model_text(one, 3).ok()) << one.substr(0, 300);
    EXPECT_FALSE(Booster::parse(lightgbm().value(), one, 3).ok());
  }
  EXPECT_FALSE(check_model_text(text, 4).ok());
}

TEST(ModelText, DamagedTextsDoNoHarm) {
  const std::string text = check_model_text(grown().text, 3).value();
  Random random(5);
  int passed = 0;
  std::vector<double> scores(100);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = text;
    damaged[random.below(damaged.size())] = "0123456789-. =\n"[random.below(15)];
    const auto booster = Booster::parse(lightgbm().value(), damaged, 3);
    if (!booster.ok()) continue;
    ++passed;
    ASSERT_TRUE(booster.value().score(grown().rows.values.data(), 3, scores).ok());
  }
  EXPECT_GT(passed, 0);  // another digit is another tree, not a broken one
}

}  // namespace
}  // namespace longwatch
