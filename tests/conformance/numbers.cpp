// Numeric items: counts, moments, histogram and distinct values equal the oracle's.

#include <algorithm>
#include <cmath>
#include <tuple>

#include "tests/conformance/conformance.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch::test {
namespace {

/// Edges at values of the column, next to them and between them, so that every kind of cell occurs.
Partition partition_of(const std::vector<double>& values, std::size_t picked) {
  std::vector<double> edges = {-1, 0, 1};
  const std::size_t stride = values.size() / picked + 1;
  for (std::size_t i = 0; i < values.size(); i += stride) {
    const double value = values[i];
    if (!std::isfinite(value) || std::abs(value) > 1e307) continue;
    edges.push_back(value + 0.0);
    if (i % 3 == 0) edges.push_back(std::nextafter(value, 1e308));
    if (i % 3 == 1) edges.push_back(value / 2 + 0.0);
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  const std::size_t last = edges.size() - 1;
  return Partition::make(std::move(edges), 0, last).value();
}

NumberState oracle_of(const TestColumn& column, const NumberPlan& plan) {
  NumberState state;
  for (const std::int64_t row : column.rows) {
    const double* value = column.view.valid(row) ? &column.doubles[static_cast<std::size_t>(row)] : nullptr;
    update_number(state, *plan.partition, plan.moments, value);
  }
  return state;
}

void add(NumberState& state, const NumberPartial& partial) {
  state.counts.merge(partial.counts);
  state.moments.merge(partial.moments);
  state.histogram.add(partial.histogram);
  state.distinct.add(partial.registers.data());
}

NumberState state_of(Backend& backend, const ColumnView& view, const std::vector<RowSelection>& parts,
                     const NumberPlan& plan) {
  NumberState state;
  NumberPartial partial;
  for (const RowSelection& rows : parts) {
    partial.reset(plan);
    const NumberItem item{view, rows, &plan, &partial};
    const Result<void> done = backend.numbers({&item, 1})->wait();
    EXPECT_TRUE(done.ok()) << done.error().text();
    add(state, partial);
  }
  return state;
}

void expect_equal(const NumberState& got, const NumberState& want, const std::string& what) {
  EXPECT_TRUE(got.counts == want.counts) << what;
  EXPECT_TRUE(got.moments == want.moments) << what;
  EXPECT_TRUE(got.histogram == want.histogram) << what;
  EXPECT_TRUE(got.distinct == want.distinct) << what;
}

/// Every backend, with and without prepare().
void compare_all(const TestColumn& column, const Partition& partition, const MomentsPlan& moments,
                 const std::string& what) {
  NumberPlan plan{&partition, moments, nullptr};
  const NumberState want = oracle_of(column, plan);
  for (const auto& backend : usable_backends()) {
    plan.prepared = nullptr;
    expect_equal(state_of(*backend, column.view, {column.selection}, plan), want,
                 what + ", unprepared " + backend->description());
    backend->prepare(plan);
    expect_equal(state_of(*backend, column.view, {column.selection}, plan), want, what + ", " + backend->description());
  }
}

class Numbers : public testing::TestWithParam<std::tuple<Values, ValueType>> {};

TEST_P(Numbers, EqualTheOracleForAnyRowsNullsAndOffset) {
  const auto [values, type] = GetParam();
  for (const std::int64_t rows : kRowCounts) {
    const std::vector<double> content = make_values(values, static_cast<std::size_t>(rows), 7);
    const Partition partition = partition_of(content, 12);
    for (const Nulls nulls : kAllNulls) {
      for (const std::int64_t offset : kOffsets) {
        for (const Rows kind : {Rows::range, Rows::listed}) {
          const auto column = make_column(type, content, nulls, offset, kind, 11);
          compare_all(*column, partition, {0, 1},
                      std::to_string(rows) + " rows, nulls " + std::to_string(static_cast<int>(nulls)) + ", offset " +
                          std::to_string(offset) + (kind == Rows::listed ? ", listed" : ""));
        }
      }
    }
  }
}

TEST_P(Numbers, EqualTheOracleForManyRows) {
  const auto [values, type] = GetParam();
  const std::vector<double> content = make_values(values, static_cast<std::size_t>(kManyRows), 17);
  const Partition partition = partition_of(content, 40);
  compare_all(*make_column(type, content, Nulls::tenth, 5, Rows::range, 3), partition, {1000, 0x1p-3}, "many rows");
}

std::string name_of(const testing::TestParamInfo<std::tuple<Values, ValueType>>& info) {
  static constexpr const char* kNames[] = {"normal",    "constant",    "mostly_zero", "five_values", "integers",
                                           "lognormal", "all_nan",     "infinities",  "denormals",   "zeros",
                                           "shifted",   "at_the_gate", "enormous"};
  return std::string(kNames[static_cast<int>(std::get<0>(info.param))]) +
         (std::get<1>(info.param) == ValueType::float32 ? "_float32" : "_float64");
}

INSTANTIATE_TEST_SUITE_P(Kinds, Numbers,
                         testing::Combine(testing::ValuesIn(kAllValues),
                                          testing::Values(ValueType::float32, ValueType::float64)),
                         name_of);

TEST(NumbersLookup, EveryEdgeAndItsNeighboursFallIntoTheirCell) {
  for (const Values values : kAllValues) {
    const Partition partition = partition_of(make_values(values, 3000, 5), 1400);
    std::vector<double> content;
    for (const double edge : partition.edges()) {
      for (const double x : {edge, std::nextafter(edge, 1e308), std::nextafter(edge, -1e308), edge * 1.5}) {
        if (std::isfinite(x)) content.push_back(x);
      }
    }
    const auto column = make_column(ValueType::float64, content, Nulls::none, 0, Rows::range, 1);
    std::vector<std::int64_t> want(partition.cells());
    for (const double x : content) want[partition.cell_of(x)] += 1;
    for (const auto& backend : usable_backends()) {
      NumberPlan plan{&partition, {}, nullptr};
      backend->prepare(plan);
      NumberPartial partial;
      partial.reset(plan);
      const NumberItem item{column->view, column->selection, &plan, &partial};
      ASSERT_TRUE(backend->numbers({&item, 1})->wait().ok());
      EXPECT_EQ(partial.histogram.counts, want) << backend->description() << ", values " << static_cast<int>(values);
    }
  }
}

TEST(NumbersMerge, AnySplitInAnyOrderGivesTheSameState) {
  for (const Values values :
       {Values::normal, Values::infinities, Values::at_the_gate, Values::enormous, Values::lognormal}) {
    const std::vector<double> content = make_values(values, 5000, 23);
    const Partition partition = partition_of(content, 60);
    const auto column = make_column(ValueType::float64, content, Nulls::tenth, 1, Rows::range, 29);
    for (const auto& backend : usable_backends()) {
      NumberPlan plan{&partition, {0.5, 0x1p-1}, nullptr};
      backend->prepare(plan);
      const NumberState whole = state_of(*backend, column->view, {column->selection}, plan);
      for (const std::int64_t size : {1, 7, 511, 512, 513, 1024}) {
        if (size == 1 && backend->description() != "cpu (portable)") continue;
        std::vector<RowSelection> parts;
        for (std::int64_t at = 0; at < column->selection.count; at += size) {
          parts.push_back({column->selection.begin + at, std::min(size, column->selection.count - at), nullptr});
        }
        Random random(static_cast<std::uint64_t>(size));
        for (std::size_t i = parts.size(); i > 1; --i) std::swap(parts[i - 1], parts[random.below(i)]);
        expect_equal(state_of(*backend, column->view, parts, plan), whole,
                     "items of " + std::to_string(size) + " rows");
      }
    }
  }
}

}  // namespace
}  // namespace longwatch::test
