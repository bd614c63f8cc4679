// Submissions of many ragged items: each item gets what it gets alone, whatever columns and rows it shares with others.

#include <algorithm>
#include <cmath>

#include "tests/conformance/conformance.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch::test {
namespace {

constexpr std::int64_t kColumnRows = 2'000;

/// Rows of every size, some of them none, in ranges and lists that overlap; the lists live in `lists`.
std::vector<RowSelection> ragged_rows(std::vector<std::vector<std::int32_t>>& lists) {
  std::vector<RowSelection> out;
  Random random(77);
  for (const std::int64_t count : {0, 1, 5, 700, 0, 95, 96, 97, 193, 1999, 2, 0}) {
    out.push_back(
        {static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(kColumnRows - count))), count, nullptr});
    std::vector<std::int32_t>& list = lists.emplace_back();
    for (std::int64_t i = 0; i < count; ++i) list.push_back(static_cast<std::int32_t>(random.below(kColumnRows)));
    out.push_back({0, count, count == 0 ? nullptr : list.data()});
  }
  return out;
}

/// Columns of both types of numbers, of codes and of classes, with nulls at an offset.
struct Columns {
  Columns() {
    for (const ValueType type : {ValueType::float32, ValueType::float64}) {
      for (const Nulls nulls : {Nulls::none, Nulls::tenth})
        numbers.push_back(make_column(type, make_values(Values::infinities, kColumnRows, 3), nulls, 5, Rows::range, 9));
    }
    std::vector<double> values(kColumnRows);
    Random random(5);
    for (double& value : values) value = static_cast<double>(random.below(3));
    codes = make_column(ValueType::code32, values, Nulls::tenth, 3, Rows::range, 9);
    for (double& value : values) value = static_cast<double>(random.below(20)) / 16;
    scores = make_column(ValueType::float64, values, Nulls::tenth, 0, Rows::range, 9);
    rows = ragged_rows(lists);
  }
  std::vector<std::unique_ptr<TestColumn>> numbers;
  std::unique_ptr<TestColumn> codes;
  std::unique_ptr<TestColumn> scores;
  std::vector<std::vector<std::int32_t>> lists;
  std::vector<RowSelection> rows;
};

TEST(Batches, NumbersOfManyColumnsAndPlans) {
  const Columns columns;
  const Partition coarse = Partition::make({-1, 0, 0.25}, 0, 2).value();
  std::vector<double> edges;
  for (int i = 0; i < 900; ++i) edges.push_back(-2 + i * 0.005);
  const Partition fine = Partition::make(std::move(edges), 0, 899).value();
  for (const auto& backend : usable_backends()) {
    NumberPlan plans[] = {{&coarse, {0, 1}, nullptr}, {&fine, {0.5, 0x1p-2}, nullptr}, {&fine, {0, 64}, nullptr}};
    backend->prepare(plans[1]);
    std::vector<NumberItem> items;
    for (const auto& column : columns.numbers) {
      for (const NumberPlan& plan : plans) {
        for (const RowSelection& rows : columns.rows) items.push_back({column->view, rows, &plan, nullptr});
      }
    }
    std::vector<NumberPartial> together(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      together[i].reset(*items[i].plan);
      items[i].out = &together[i];
    }
    ASSERT_TRUE(backend->numbers(items)->wait().ok());
    for (std::size_t i = 0; i < items.size(); ++i) {
      NumberPartial alone;
      alone.reset(*items[i].plan);
      NumberItem item = items[i];
      item.out = &alone;
      ASSERT_TRUE(usable_backends().front()->numbers({&item, 1})->wait().ok());
      EXPECT_TRUE(equal(together[i], alone)) << "item " << i << ", " << backend->description();
    }
  }
}

TEST(Batches, CategoriesOfOneColumn) {
  const Columns columns;
  for (const auto& backend : usable_backends()) {
    std::vector<CategoryPartial> together(columns.rows.size());
    std::vector<CategoryItem> items;
    for (std::size_t i = 0; i < together.size(); ++i) {
      together[i].by_code.assign(i % 2 == 0 ? 3 : 20'000, 0);
      items.push_back({columns.codes->view, columns.rows[i], &together[i]});
    }
    ASSERT_TRUE(backend->categories(items)->wait().ok());
    for (std::size_t i = 0; i < items.size(); ++i) {
      CategoryPartial alone;
      alone.by_code.assign(together[i].by_code.size(), 0);
      const CategoryItem item{columns.codes->view, columns.rows[i], &alone};
      ASSERT_TRUE(usable_backends().front()->categories({&item, 1})->wait().ok());
      EXPECT_EQ(together[i].by_code, alone.by_code) << "item " << i << ", " << backend->description();
      EXPECT_TRUE(together[i].counts == alone.counts) << "item " << i << ", " << backend->description();
    }
  }
}

TEST(Batches, ScoresAndResidualsOfTheSameColumns) {
  static constexpr std::int16_t kClasses[] = {1, 0, -1};
  const Columns columns;
  for (const auto& backend : usable_backends()) {
    std::vector<ScoreState> scores(columns.rows.size());
    std::vector<ResidualState> residuals(columns.rows.size());
    std::vector<ScoreItem> score_items;
    std::vector<ResidualItem> residual_items;
    for (std::size_t i = 0; i < columns.rows.size(); ++i) {
      const ClassColumn classes{columns.codes->view, kClasses, 3};
      score_items.push_back({columns.scores->view, {}, classes, 0.5, columns.rows[i], &scores[i]});
      residual_items.push_back(
          {columns.numbers[i % 4]->view, columns.scores->view, 0.25, columns.rows[i], &residuals[i]});
    }
    ASSERT_TRUE(backend->scores(score_items)->wait().ok());
    ASSERT_TRUE(backend->residuals(residual_items)->wait().ok());
    for (std::size_t i = 0; i < columns.rows.size(); ++i) {
      ScoreState score;
      ScoreItem score_item = score_items[i];
      score_item.out = &score;
      ASSERT_TRUE(usable_backends().front()->scores({&score_item, 1})->wait().ok());
      EXPECT_TRUE(scores[i] == score) << "item " << i << ", " << backend->description();
      ResidualState residual;
      ResidualItem residual_item = residual_items[i];
      residual_item.out = &residual;
      ASSERT_TRUE(usable_backends().front()->residuals({&residual_item, 1})->wait().ok());
      EXPECT_TRUE(residuals[i] == residual) << "item " << i << ", " << backend->description();
    }
  }
}

ClassState classes_of(Backend& backend, ClassItem item) {
  ClassPartial partial;
  partial.reset(item.plan->classes);
  item.out = &partial;
  EXPECT_TRUE(backend.classes({&item, 1})->wait().ok());
  return partial.take();
}

/// Classifiers of 3 and 30 classes on the same columns, with and without calibration, of some classes or all.
TEST(Batches, ClassesOfManyPlans) {
  static constexpr std::int16_t kClasses[] = {2, 0, -1};
  static constexpr double kKnots[] = {0.1, 0.4, 0.9};
  static constexpr double kProbabilities[] = {0, 0.5, 1};
  const Columns columns;
  std::vector<double> rest(kColumnRows);
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = 1 - columns.scores->doubles[i];
  const auto other = make_column(ValueType::float64, rest, Nulls::none, 0, Rows::range, 9);
  const CalibrationMap map{kKnots, kProbabilities, 3};
  const ClassPlan plans[] = {{3, {0, 2}, {}}, {3, {0, 2}, {map, {}}}, {30, {7, 29}, {{}, map}}, {3, {}, {}}};
  const std::vector<ColumnView> scores = {columns.scores->view, other->view};
  for (const auto& backend : usable_backends()) {
    std::vector<ClassItem> items;
    for (const RowSelection& rows : columns.rows) {
      const ClassColumn classes{columns.codes->view, kClasses, 3};
      const ClassPlan& plan = plans[items.size() % 4];
      items.push_back({std::span(scores).first(plan.scored.size()), {}, classes, rows, &plan, nullptr});
      if (items.size() % 3 == 0) items.back().prediction = classes;
    }
    std::vector<ClassPartial> together(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      together[i].reset(items[i].plan->classes);
      items[i].out = &together[i];
    }
    ASSERT_TRUE(backend->classes(items)->wait().ok());
    for (std::size_t i = 0; i < items.size(); ++i) {
      EXPECT_TRUE(together[i].take() == classes_of(*usable_backends().front(), items[i]))
          << "item " << i << ", " << backend->description();
    }
  }
}

/// Every row has the same score: runs as long as the item, and sums that pass 32 bits.
TEST(Batches, ClassesOfOneScore) {
  const std::vector<double> half(kColumnRows, 0.5);
  const auto column = make_column(ValueType::float32, half, Nulls::none, 0, Rows::range, 1);
  const std::vector<ColumnView> scores = {column->view, column->view};
  const ClassPlan plan{2, {0, 1}, {{}, {}}};
  for (const auto& backend : usable_backends()) {
    const ClassState state = classes_of(*backend, {scores, {}, {}, {0, kColumnRows, nullptr}, &plan, nullptr});
    ASSERT_EQ(state.entries.size(), 2U);
    ASSERT_EQ(state.entries[0].size(), 1U) << backend->description();
    EXPECT_EQ(state.entries[0][0].key, ScoreEntry::of(0.5, ScoreEntry::code_of(true, LabelCode::unknown), kColumnRows));
    EXPECT_TRUE(state.entries[0][0].sum == static_cast<int128>(kColumnRows) << 39);
    EXPECT_EQ(state.entries[1][0].key,
              ScoreEntry::of(0.5, ScoreEntry::code_of(false, LabelCode::unknown), kColumnRows));
    EXPECT_TRUE(state.predicted[0].products[1] == static_cast<int128>(kColumnRows) << 38);
  }
}

TEST(Batches, NoItemsAreNoWork) {
  for (const auto& backend : usable_backends()) {
    EXPECT_TRUE(backend->numbers({})->wait().ok());
    EXPECT_TRUE(backend->categories({})->wait().ok());
    EXPECT_TRUE(backend->scores({})->wait().ok());
    EXPECT_TRUE(backend->residuals({})->wait().ok());
    EXPECT_TRUE(backend->classes({})->wait().ok());
  }
}

TEST(Batches, AnItemThatFailsFailsTheSubmission) {
  const Columns columns;
  for (const auto& backend : usable_backends()) {
    std::vector<CategoryPartial> partials(columns.rows.size());
    std::vector<CategoryItem> items;
    for (std::size_t i = 0; i < partials.size(); ++i) {
      partials[i].by_code.assign(i == 7 ? 1 : 3, 0);
      items.push_back({columns.codes->view, columns.rows[i], &partials[i]});
    }
    EXPECT_FALSE(backend->categories(items)->wait().ok()) << backend->description();
  }
}

/// More rows than a 64-bit sum of terms at the gate can hold, or a 32-bit count of a block.
TEST(Batches, NumbersStayExactForMillionsOfRows) {
  constexpr std::int64_t kRows = (std::int64_t{1} << 22) + 701;
  const std::vector<float> values(static_cast<std::size_t>(kRows), 8);
  const ColumnView view{ValueType::float32, values.data(), nullptr, 0, kRows, 0, nullptr};
  const Partition partition = Partition::make({0, 16}, 0, 1).value();
  for (const auto& backend : usable_backends()) {
    NumberPlan plan{&partition, {0, 1}, nullptr};
    backend->prepare(plan);
    NumberPartial partial;
    partial.reset(plan);
    const NumberItem item{view, {0, kRows, nullptr}, &plan, &partial};
    ASSERT_TRUE(backend->numbers({&item, 1})->wait().ok());
    EXPECT_EQ(partial.moments.inside, kRows);
    for (int k = 0; k < 4; ++k) EXPECT_TRUE(partial.moments.sums[k] == static_cast<int128>(kRows) << 42) << k;
    EXPECT_EQ(partial.histogram.counts[2], kRows) << backend->description();
    EXPECT_EQ(partial.histogram.sums[1], kRows << 31) << backend->description();
  }
}

/// A column without values in its reference has one cell; nothing is said about where in it a value lies.
TEST(Batches, APartitionWithoutEdgesKeepsAnExactSum) {
  const Partition partition;
  for (const std::vector<double>& values : {std::vector<double>{0, 0, 0}, {1, 2, 4}, {-1, 0, 5e-324}}) {
    const auto column = make_column(ValueType::float64, values, Nulls::none, 0, Rows::range, 1);
    double sum = 0;
    for (const double value : values) sum += value;
    for (const auto& backend : usable_backends()) {
      NumberPlan plan{&partition, {0, 1}, nullptr};
      backend->prepare(plan);
      NumberPartial partial;
      partial.reset(plan);
      const NumberItem item{column->view, column->selection, &plan, &partial};
      ASSERT_TRUE(backend->numbers({&item, 1})->wait().ok());
      EXPECT_EQ(partial.histogram.counts, std::vector<std::int64_t>{3}) << backend->description();
      EXPECT_EQ(partial.histogram.sums, std::vector<std::int64_t>{0}) << backend->description();
      EXPECT_EQ(partial.histogram.below.value(), sum) << backend->description();
    }
  }
}

}  // namespace
}  // namespace longwatch::test
