// HistogramState: content against a plain tally, sparse and dense forms of one content, and the partial's zeroing.
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "engine/state/number_state.hpp"
#include "tests/support/random.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch {
namespace {

Partition steps(std::size_t edges) {
  std::vector<double> values;
  for (std::size_t i = 0; i < edges; ++i) values.push_back(static_cast<double>(i));
  return Partition::make(values, 0, edges - 1).value();
}

using Tally = std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>>;

Tally tally_of(const HistogramState& state) {
  Tally out;
  std::int64_t last = -1;
  state.for_each([&](std::uint32_t cell, std::int64_t count, std::int64_t sum) {
    EXPECT_GT(static_cast<std::int64_t>(cell), last);
    last = cell;
    out[cell] = {count, sum};
  });
  return out;
}

std::string bytes_of(const HistogramState& state) {
  ByteWriter out;
  state.serialize(out);
  return out.take();
}

HistogramPartial partial_of(const Partition& partition, const std::vector<double>& values) {
  HistogramPartial partial;
  partial.resize(partition.cells());
  for (const double x : values) {
    const std::size_t cell = partition.cell_of(x);
    partial.counts[cell] += 1;
    partial.touched[cell / 64] = 1;
    if (cell == 0) {
      partial.below.add(x);
    } else if (cell == partition.cells() - 1) {
      partial.above.add(x);
    } else if (cell % 2 == 0) {
      partial.sums[cell / 2] += row::offset_term(x, partition.left(cell / 2), partition.unit(cell / 2));
    }
  }
  return partial;
}

TEST(Histogram, HoldsCountsAndOffsets) {
  const Partition partition = steps(4);  // 0, 1, 2, 3; unit 2^32
  HistogramState state;
  for (const double x : {-7.0, 0.0, -0.0, 0.25, 0.5, 2.0, 2.75, 3.0, 10.0, 1e308})
    test::update_histogram(state, partition, x);
  constexpr std::int64_t kUnit = std::int64_t{1} << 32;
  const Tally expected = {{0, {1, 0}}, {1, {2, 0}}, {2, {2, kUnit / 4 * 3}}, {5, {1, 0}}, {6, {1, kUnit / 4 * 3}},
                          {7, {1, 0}}, {8, {2, 0}}};
  EXPECT_EQ(tally_of(state), expected);
  EXPECT_EQ(state.below().value(), -7);
  EXPECT_EQ(state.above().value(), 1e308 + 10);
}

TEST(Histogram, WithoutEdgesHasOneCell) {
  HistogramState state;
  test::update_histogram(state, Partition(), 4.5);
  test::update_histogram(state, Partition(), -1);
  EXPECT_EQ(tally_of(state), (Tally{{0, {2, 0}}}));
  EXPECT_EQ(state.below().value(), 3.5);
  const std::string bytes = bytes_of(state);
  ByteReader reader(bytes);
  EXPECT_EQ(HistogramState::deserialize(reader, 1).value(), state);
}

// Enough cells for many groups; few values stay sparse, many become dense.
TEST(Histogram, FormsAgreeWithATally) {
  const Partition partition = steps(333);
  test::Random random(3);
  HistogramState by_row;
  HistogramState by_item;
  Tally expected;
  std::size_t sparse_bytes = 0;
  for (int item = 0; item < 60; ++item) {
    std::vector<double> values;
    for (std::size_t i = 0; i < (item < 30 ? 3 : 60); ++i) {
      values.push_back(random.below(2) == 0 ? static_cast<double>(random.below(333)) : random.uniform() * 332);
    }
    for (const double x : values) {
      const std::size_t cell = partition.cell_of(x);
      auto& [count, sum] = expected[static_cast<std::uint32_t>(cell)];
      count += 1;
      if (cell % 2 == 0) sum += row::offset_term(x, partition.left(cell / 2), partition.unit(cell / 2));
      test::update_histogram(by_row, partition, x);
    }
    by_item.add(partial_of(partition, values));
    ASSERT_EQ(tally_of(by_item), expected);
    ASSERT_EQ(by_item, by_row);
    if (item == 9) sparse_bytes = by_item.bytes();
  }
  EXPECT_LT(sparse_bytes, 4000U);
  EXPECT_GE(by_item.bytes(), 667U * 8 + 334U * 8);
}

// A state that became dense and one that is sparse, of equal content, must not be told apart.
TEST(Histogram, TheFormDoesNotShow) {
  const Partition small = steps(4);
  const Partition large = steps(100);
  HistogramState dense;  // 2 of 9 cells are over the limit; of 201 they are not
  HistogramState sparse;
  for (const double x : {0.5, 1.0, 2.5}) {
    test::update_histogram(dense, small, x);
    test::update_histogram(sparse, large, x);
  }
  EXPECT_NE(dense.bytes(), sparse.bytes());
  EXPECT_EQ(dense, sparse);
  EXPECT_EQ(sparse, dense);
  EXPECT_EQ(bytes_of(dense), bytes_of(sparse));
  test::update_histogram(dense, small, 1.0);
  EXPECT_NE(dense, sparse);
  EXPECT_NE(sparse, dense);
}

TEST(Histogram, MergesEveryPairOfForms) {
  const Partition partition = steps(100);
  std::vector<double> few = {0.5, 3, 98.25, -4};
  std::vector<double> many = few;
  for (int i = 0; i < 100; ++i) many.push_back(i + 0.125);
  for (const auto& first : {few, many}) {
    for (const auto& second : {few, many}) {
      HistogramState a;
      HistogramState b;
      a.add(partial_of(partition, first));
      b.add(partial_of(partition, second));
      a.merge(b);
      std::vector<double> both = first;
      both.insert(both.end(), second.begin(), second.end());
      HistogramState expected;
      expected.add(partial_of(partition, both));
      EXPECT_EQ(tally_of(a), tally_of(expected));
      EXPECT_EQ(a, expected);
    }
  }
}

TEST(Histogram, PartialIsZeroAfterClearAndResize) {
  const Partition partition = steps(200);
  HistogramPartial partial = partial_of(partition, {-1, 0, 63.5, 64, 198.5, 500});
  for (const std::size_t cells : {std::size_t{401}, std::size_t{9}, std::size_t{401}}) {
    partial.resize(cells);
    EXPECT_EQ(partial.counts, std::vector<std::int64_t>(cells, 0));
    EXPECT_EQ(partial.sums, std::vector<std::int64_t>((cells + 1) / 2, 0));
    EXPECT_EQ(partial.touched, std::vector<std::uint8_t>((cells + 63) / 64, 0));
    EXPECT_TRUE(partial.below.empty() && partial.above.empty());
    partial.counts[cells - 1] = 1;
    partial.sums[cells / 2] = 5;
    partial.touched[(cells - 1) / 64] = 1;
  }
}

struct BadBytes {
  const char* why;
  std::vector<std::uint64_t> numbers;  // the cells; two empty sums follow
};

TEST(Histogram, RefusesContentThatBreaksARule) {
  const std::uint64_t too_many = std::uint64_t{1} << 31;
  const std::vector<BadBytes> cases = {{"cell beyond the last", {1, 9, 1}},
                                       {"no count", {1, 1, 0}},
                                       {"count too large", {1, 1, too_many}},
                                       {"counts too large together", {2, 1, too_many - 1, 1, 1}},
                                       {"sum below the cells", {1, 0, 1, 1}},
                                       {"sum above the cells", {1, 8, 1, 1}},
                                       {"sum larger than the cell", {1, 2, 1, (std::uint64_t{1} << 32) + 1}},
                                       {"step that wraps", {2, 1, 1, ~std::uint64_t{0}, 1, 0}}};
  const auto read = [](const std::vector<std::uint64_t>& numbers, double below, double above) {
    ByteWriter out;
    for (const std::uint64_t number : numbers) out.u64(number);
    for (const double term : {below, above}) {
      ExactSum sum;
      sum.add(term);
      sum.serialize(out);
    }
    ByteReader in(out.bytes());
    return HistogramState::deserialize(in, 9).ok();
  };
  EXPECT_TRUE(read({2, 1, 1, 0, 1, std::uint64_t{1} << 32}, 0, 0));
  for (const BadBytes& bad : cases) EXPECT_FALSE(read(bad.numbers, 0, 0)) << bad.why;
  EXPECT_TRUE(read({2, 0, 1, 0, 7, 1, 0}, -5, 5));
  EXPECT_FALSE(read({1, 0, 1, 0}, -5, 5));
  EXPECT_FALSE(read({1, 8, 1, 0}, -5, 5));
  EXPECT_FALSE(read({2, 0, 1, 0, 7, 1, 0}, -5, std::numeric_limits<double>::infinity()));
}

}  // namespace
}  // namespace longwatch
