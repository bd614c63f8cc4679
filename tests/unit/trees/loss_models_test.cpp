// Loss models: what they learn, that nobody is estimated by trees that saw it, and that the layout changes nothing.
#include "engine/trees/loss_models.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/trees/row_choice.hpp"
#include "tests/support/memory_source.hpp"
#include "tests/support/random.hpp"

namespace longwatch {
namespace {

using namespace test;

constexpr std::array<bool, kLosses> kAll = {true, true, true, true, true};

// Rows whose error grows with x and depends on the group; `noise`: labels do not depend on anything that is seen.
struct Table {
  Numbers x, prediction, label;
  Texts group;
  std::vector<std::int32_t> chunk;
};

Table example(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Table out;
  for (std::size_t i = 0; i < rows; ++i) {
    const double x = random.uniform() * 4;
    const bool b = random.below(3) == 0;
    const double prediction = 20 + x;
    out.x.push_back(random.below(20) == 0 ? std::nullopt : std::optional(x));
    out.group.push_back(b ? "b" : "a");
    out.prediction.push_back(random.below(50) == 0 ? std::nullopt : std::optional(prediction));
    out.label.push_back(random.below(10) == 0 ? std::nullopt
                                              : std::optional(prediction + random.normal() * (0.2 + x) - (b ? 1 : 0)));
    out.chunk.push_back(static_cast<std::int32_t>(random.below(5)) - 1);
  }
  return out;
}

Table shuffled(const Table& table, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::size_t> order(table.x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  Table out;
  for (const std::size_t i : order) {
    out.x.push_back(table.x[i]);
    out.prediction.push_back(table.prediction[i]);
    out.label.push_back(table.label[i]);
    out.group.push_back(table.group[i]);
    out.chunk.push_back(table.chunk[i]);
  }
  return out;
}

ColumnProfile column_of(const std::string& name, Role role, ColumnKind kind) {
  ColumnProfile out;
  out.column.name = name;
  out.column.role = role;
  out.column.kind = kind;
  if (kind == ColumnKind::categorical) out.categories = {"a", "b"};
  return out;
}

// A table as a source with its plans.
struct Rows {
  std::shared_ptr<MemorySource> source;
  ChunkPlan chunks;
  SegmentPlan segments;
  ReferenceProfile profile;
  Rows(const Table& table, const std::vector<std::int64_t>& groups) {
    source = memory_source({number_column("x", table.x), text_column("g", table.group),
                            number_column("p", table.prediction), number_column("y", table.label)},
                           groups);
    chunks.chunks.resize(4);
    std::size_t row = 0;
    for (const std::int64_t rows : groups) {
      auto& runs = chunks.runs.emplace_back();
      for (std::int64_t i = 0; i < rows; ++i) runs.push_back({table.chunk[row++], 1});
    }
    segments = plan_segments(*source, {{"g"}}, 10).value();
    profile.columns = {
        column_of("g", Role::feature, ColumnKind::categorical), column_of("x", Role::feature, ColumnKind::continuous),
        column_of("p", Role::prediction, ColumnKind::continuous), column_of("y", Role::target, ColumnKind::continuous)};
  }
  [[nodiscard]] LossRows job() const { return {&lightgbm().value(), source.get(), &chunks, &segments, &profile}; }
};

LossState total(const std::vector<LossState>& states, std::size_t segment) {
  LossState out;
  for (std::size_t slot = 0; slot < 5; ++slot) out.merge(states[segment * 5 + slot]);
  return out;
}

double mean_of(const LossState& state, Loss loss) {
  return state.losses[static_cast<std::size_t>(loss)].sum.value() / static_cast<double>(state.estimated);
}

TEST(LossModels, LearnTheLossesOfTheirRows) {
  const Table table = example(12'000, 1);
  Rows rows(table, {12'000});
  const LossFit fit = fit_losses(rows.job(), kAll, {}).value();
  ASSERT_EQ(fit.losses.unusable, "");
  EXPECT_EQ(fit.losses.columns, (std::vector<std::string>{"g", "x", "p"}));
  const LossState all = total(fit.states, 0);
  const auto missing = std::count(table.prediction.begin(), table.prediction.end(), std::nullopt);
  EXPECT_EQ(all.unestimated, missing);
  EXPECT_EQ(all.estimated + all.unestimated, 12'000);
  for (std::size_t loss = 0; loss < kLosses; ++loss) {
    double sum = 0, squares = 0, count = 0;
    for (std::size_t i = 0; i < table.x.size(); ++i) {
      if (!table.label[i] || !table.prediction[i]) continue;
      const double value = loss_of(static_cast<Loss>(loss), *table.prediction[i], *table.label[i]);
      sum += value;
      squares += value * value;
      count += 1;
    }
    const double spread = std::sqrt(squares / count - sum / count * sum / count);
    EXPECT_NEAR(mean_of(all, static_cast<Loss>(loss)), sum / count, 3 * spread / std::sqrt(count)) << loss;
    // Most of the variance of a squared loss and the like is noise that no model explains.
    EXPECT_LT(fit.losses.models[loss].residual_variance, 1.1 * spread * spread);
    EXPECT_GT(fit.losses.models[loss].residual_variance, 0.3 * spread * spread);
  }
  EXPECT_GT(mean_of(total(fit.states, 2), Loss::signed_error), 0.7);  // group b, whose labels are 1 lower
  EXPECT_LT(mean_of(total(fit.states, 1), Loss::signed_error), 0.2);
}

TEST(LossModels, RowsAreEstimatedByTreesThatDidNotSeeThem) {
  // Features that tell nothing: estimates of trees that saw a row would follow its noise.
  Table table = example(4'000, 2);
  Random random(9);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < table.x.size(); ++i) {
    table.prediction[i] = random.uniform();
    table.label[i] = *table.prediction[i] + random.normal();
    const double loss = std::abs(*table.prediction[i] - *table.label[i]);
    sum += loss;
    squares += loss * loss;
  }
  const double variance = squares / 4'000 - sum / 4'000 * sum / 4'000;
  Rows rows(table, {4'000});
  const LossFit fit = fit_losses(rows.job(), kAll, {}).value();
  EXPECT_GT(fit.losses.models[0].residual_variance, variance);  // seen rows would give about half of it
}

TEST(LossModels, LayoutAndOrderOfRowsChangeNothing) {
  const Table table = example(3'000, 3);
  Rows one(table, {3'000});
  Rows other(shuffled(table, 4), {1, 1'500, 0, 999, 500});
  const LossFit first = fit_losses(one.job(), kAll, {}).value();
  const LossFit second = fit_losses(other.job(), kAll, {}).value();
  EXPECT_EQ(first.losses, second.losses);
  EXPECT_EQ(first.states, second.states);
  one.profile.losses = first.losses;
  other.profile.losses = first.losses;
  EXPECT_EQ(estimate_losses(one.job(), {}).value(), estimate_losses(other.job(), {}).value());
}

TEST(LossModels, EqualRowsAreInterchangeable) {
  // Few distinct rows, in several chunks and groups: which of them falls into which fold must not matter.
  Table table;
  Random random(5);
  for (int i = 0; i < 2'000; ++i) {
    table.x.push_back(static_cast<double>(random.below(2)));
    table.prediction.push_back(1);
    table.label.push_back(static_cast<double>(1 + random.below(2)));
    table.group.push_back(random.below(2) == 0 ? "a" : "b");
    table.chunk.push_back(static_cast<std::int32_t>(random.below(4)));
  }
  Rows one(table, {2'000});
  Rows other(shuffled(table, 6), {700, 1'300});
  const LossFit first = fit_losses(one.job(), kAll, {}).value();
  const LossFit second = fit_losses(other.job(), kAll, {}).value();
  EXPECT_EQ(first.states, second.states);
  EXPECT_NEAR(mean_of(total(first.states, 0), Loss::absolute), 0.5, 0.05);
}

TEST(LossModels, WhatCannotBeLearnedHasItsReason) {
  Table table = example(1'000, 7);
  table.label[5] = 0;
  table.prediction[5] = 3;
  Rows zero(table, {1'000});
  const LossFit without = fit_losses(zero.job(), kAll, {}).value();
  EXPECT_EQ(without.losses.models[2].unusable, "undefined: the reference has labels of 0");
  EXPECT_EQ(without.losses.models[0].unusable, "");
  table.label[5] = -1;
  Rows negative(table, {1'000});
  EXPECT_EQ(fit_losses(negative.job(), kAll, {}).value().losses.models[3].unusable,
            "undefined: the reference has labels or predictions below 0");
  for (auto& label : table.label) label = std::nullopt;
  Rows unlabelled(table, {1'000});
  const LossFit none = fit_losses(unlabelled.job(), kAll, {}).value();
  EXPECT_EQ(none.losses.unusable, "undefined: the reference has no labels");
  EXPECT_TRUE(none.states.empty());
  Rows few(example(100, 8), {100});
  EXPECT_EQ(fit_losses(few.job(), kAll, {}).value().losses.unusable,
            "undefined: the reference has fewer than 200 rows with a label");
}

TEST(LossModels, DamagedTreesAreAnError) {
  Rows rows(example(1'000, 10), {1'000});
  rows.profile.losses = fit_losses(rows.job(), kAll, {}).value().losses;
  std::string& trees = rows.profile.losses.models[1].trees;
  trees.resize(trees.size() / 2);
  const auto failed = estimate_losses(rows.job(), {});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::data);
}

TEST(RowChoice, ThinningKeepsEqualRowsInProportion) {
  std::vector<Candidate> all;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    Candidate one{{}, i, 0};
    one.key.add(i % 10 == 0 ? 1 : 2);
    all.push_back(one);
  }
  thin(all, 100);
  ASSERT_EQ(all.size(), 100U);
  RowKey rare;
  rare.add(1);
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [&](const Candidate& c) { return c.key == rare; }), 10);
}

}  // namespace
}  // namespace longwatch
