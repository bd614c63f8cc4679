// Scores of several classes: the grid for all classes together, what is refused, and how large states get.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "engine/state/class_state.hpp"
#include "tests/support/class_oracle.hpp"
#include "tests/support/random.hpp"

namespace longwatch {
namespace {

using test::ClassRow;
using test::Random;

const std::vector<test::OracleMap> kAsIs(3);

ClassState state_of(const std::vector<ClassRow>& rows) {
  ClassState out;
  for (const ClassRow& row : rows) test::update_classes(out, 3, {0, 1, 2}, kAsIs, row);
  return out;
}

// Many rows at once, by the partial of a backend item: oracles of a million rows are slow.
ClassState many(std::size_t rows, std::size_t classes, std::uint64_t seed) {
  Random random(seed);
  ClassPartial partial;
  partial.reset(classes);
  std::vector<double> scores(classes);
  for (std::size_t i = 0; i < rows; ++i) {
    double sum = 0;
    for (double& score : scores) sum += score = -std::log(random.uniform() + 0x1p-54);
    const std::size_t predicted = random.below(classes);
    partial.labels[predicted * (classes + 1) + classes] += 1;
    partial.scored[predicted] += 1;
    for (std::size_t c = 0; c < classes; ++c) {
      const double p = scores[c] / sum;
      const std::int64_t term = std::llrint(p * 0x1p40);
      partial.sums[predicted * classes + c] += term;
      partial.entries[c].push_back({ScoreEntry::of(p, predicted == c ? 5 : 2, 1), term});
    }
  }
  partial.counts.rows = static_cast<std::int64_t>(rows);
  return partial.take();
}

ClassState merged(ClassState a, const ClassState& b) {
  a.merge(b);
  return a;
}

bool readable(const ClassState& state) {
  ByteWriter out;
  state.serialize(out);
  ByteReader in(out.bytes());
  const auto read = ClassState::deserialize(in, 3);
  return read.ok() && read.value() == state;
}

TEST(ClassState, CountsEveryRowOnce) {
  const ClassState state = state_of({
      {{0.5, 0.25, 0.25}, 1, 1},
      {{0.5, 0.25, 0.25}, -1, 2},          // predicted as the largest
      {{0.25, 0.5, 0.5 - 0x1p-3}, 0, -1},  // adds up to 1.125
      {{std::nullopt, 0.5, 0.5}, -2, -2},  // neither prediction nor scores
      {{-0.1, 0.6, 0.5}, 2, 0},
  });
  EXPECT_EQ(state.rows, 5);
  EXPECT_EQ(state.scored(), 2);
  EXPECT_EQ(state.labelled(), 3);
  EXPECT_EQ(state.unnormalised_scores, 1);
  EXPECT_EQ(state.missing_scores, 1);
  EXPECT_EQ(state.invalid_scores, 1);
  EXPECT_EQ(state.unmapped_predictions, 1);
  EXPECT_EQ(state.unmapped_labels, 1);
  EXPECT_EQ(state.unpredicted, (std::vector<std::int64_t>{0, 0, 0, 1}));
  ASSERT_NE(state.rows_predicted(0), nullptr);
  EXPECT_EQ(state.rows_predicted(0)->labels, (std::vector<std::int64_t>{0, 0, 1, 1}));
  EXPECT_EQ(state.rows_predicted(0)->scored, 1);
  EXPECT_EQ(state.rows_predicted(0)->sums[0], int128{1} << 39);
  EXPECT_EQ(state.rows_predicted(0)->products[product_at(3, 2, 1)], int128{1} << 36);
  EXPECT_TRUE(readable(state));
}

TEST(ClassState, GoesToTheGridWithAllClassesAndInAnyOrder) {
  constexpr std::size_t kRows = 180'000;
  const ClassState a = many(kRows, 3, 1);
  const ClassState b = many(kRows, 3, 2);
  const ClassState c = many(1'000, 3, 3);
  EXPECT_FALSE(a.gridded);
  const ClassState whole = merged(merged(a, b), c);
  EXPECT_TRUE(whole.gridded);
  EXPECT_LE(whole.keys(), 3 * 6 * std::size_t{1} << 16);
  EXPECT_TRUE(whole == merged(a, merged(b, c)));
  EXPECT_TRUE(whole == merged(c, merged(b, a)));
  EXPECT_TRUE(readable(whole));
  ClassState early_a = a;
  early_a.to_grid();
  EXPECT_TRUE(whole == merged(merged(c, b), early_a)) << "the grid of a union is the union of grids";
  int128 sum = 0;
  for (const ClassEntry& entry : whole.entries[1]) sum += entry.sum;
  int128 want = 0;
  for (const PredictedRows& rows : whole.predicted) want += rows.sums[1];
  EXPECT_TRUE(sum == want) << "the grid loses no calibrated score";
}

TEST(ClassState, OfAHundredClassesStaysSmall) {
  const ClassState state = many(50'000, 100, 7);
  EXPECT_TRUE(state.gridded);
  const std::size_t bytes = state.keys() * sizeof(ClassEntry) + 100 * (101 * 8 + 2 * 100 * 16);
  RecordProperty("megabytes", std::to_string(bytes >> 20));
  EXPECT_LT(bytes, 100U << 20);
}

TEST(ClassState, CountsThatDoNotAddUpAreRefused) {
  const ClassState good = state_of({{{0.5, 0.25, 0.25}, 1, 1}, {{0.5, 0.25, 0.25}, 2, 0}, {{0.1, 0.1, 0.8}, 2, -1}});
  ASSERT_TRUE(readable(good));
  const auto spoilt = [&](auto change) {
    ClassState state = good;
    change(state);
    return readable(state);
  };
  EXPECT_FALSE(spoilt([](ClassState& s) { s.rows += 1; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.missing_scores = 1; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.unmapped_labels = 4; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.predicted[0].labels[0] += 1; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.predicted[0].scored -= 1; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.predicted[1].predicted = 3; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.predicted[0].sums[0] = int128{2} << 40; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.predicted[0].products[0] = -1; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.unpredicted[3] = 1; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.entries[0].pop_back(); }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.entries[0][0].sum = -1; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { std::swap(s.entries[0][0], s.entries[0][1]); }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.entries[0][0].key.score = 1.5; }));
  EXPECT_FALSE(spoilt([](ClassState& s) { s.gridded = true; })) << "scores that are not of the grid";
  // A row that is positive for class 0, though no label says so.
  EXPECT_FALSE(spoilt([](ClassState& s) {
    ScoreEntry& key = s.entries[0][0].key;
    key = ScoreEntry::of(key.score, 1, key.count());
  }));
  ByteWriter out;
  good.serialize(out);
  ByteReader in(out.bytes());
  EXPECT_FALSE(ClassState::deserialize(in, 4).ok());
}

}  // namespace
}  // namespace longwatch
