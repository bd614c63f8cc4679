// Items of scores and residuals: what a backend counts equals a loop over the rows, for any rows, nulls, types and
// split.

#include <cmath>

#include "tests/conformance/conformance.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch::test {
namespace {

// Codes 0 and 1 are the classes, 2 is none of them; the last one occurs beyond the dictionary on purpose only.
constexpr std::int16_t kClasses[] = {0, 1, -1};

std::vector<double> class_codes(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> out(count);
  for (double& code : out) code = static_cast<double>(random.below(3));
  return out;
}

std::vector<double> scores(std::size_t count, std::uint64_t seed) {
  static const double kOdd[] = {0, -0.0, 1, 0.5, 5e-324, -0.25, 1.5, INFINITY, -INFINITY, NAN};
  Random random(seed);
  std::vector<double> out(count);
  for (double& score : out) {
    const std::uint64_t kind = random.below(8);
    score = kind == 0 ? kOdd[random.below(std::size(kOdd))] : kind < 4 ? random.uniform() : std::round(random.uniform() * 50) / 50;
  }
  return out;
}

struct ScoreColumns {
  std::unique_ptr<TestColumn> score, prediction, label;
};

ScoreColumns make_scores(ValueType type, std::int64_t rows, Nulls nulls, std::int64_t offset, Rows kind) {
  const auto count = static_cast<std::size_t>(rows);
  return {make_column(type, scores(count, 1), nulls, offset, kind, 5),
          make_column(ValueType::code32, class_codes(count, 2), nulls == Nulls::none ? Nulls::tenth : nulls, offset,
                      kind, 5),
          make_column(ValueType::code32, class_codes(count, 3), Nulls::alternating, offset, kind, 5)};
}

ScoreItem item_of(const ScoreColumns& columns, ScoreState& out) {
  ScoreItem item;
  item.score = columns.score->view;
  item.prediction = {columns.prediction->view, kClasses, std::size(kClasses)};
  item.label = {columns.label->view, kClasses, std::size(kClasses)};
  item.cutoff = 0.3;
  item.rows = columns.score->selection;
  item.out = &out;
  return item;
}

std::int16_t class_at(const TestColumn& column, std::int64_t row, std::int64_t* unmapped) {
  if (!column.view.valid(row)) return -1;
  const std::int16_t code = kClasses[static_cast<std::size_t>(column.doubles[static_cast<std::size_t>(row)])];
  if (code < 0) ++*unmapped;
  return code;
}

ScoreState expected(const ScoreColumns& columns) {
  ScoreState want;
  for (const std::int64_t row : columns.score->rows) {
    const double score = columns.score->view.valid(row) ? columns.score->doubles[static_cast<std::size_t>(row)] : NAN;
    const std::int16_t prediction = class_at(*columns.prediction, row, &want.unmapped_predictions);
    const std::int16_t label = class_at(*columns.label, row, &want.unmapped_labels);
    update_scores(want, score, 0.3, prediction, label);
  }
  return want;
}

TEST(Scores, EqualTheOracleForAnyRowsNullsAndOffset) {
  for (const ValueType type : {ValueType::float32, ValueType::float64}) {
    for (const std::int64_t rows : kRowCounts) {
      for (const Nulls nulls : kAllNulls) {
        for (const Rows kind : {Rows::range, Rows::listed}) {
          const ScoreColumns columns = make_scores(type, rows, nulls, 5, kind);
          const ScoreState want = expected(columns);
          for (const auto& backend : usable_backends()) {
            ScoreState got;
            const ScoreItem item = item_of(columns, got);
            const Result<void> done = backend->scores({&item, 1})->wait();
            ASSERT_TRUE(done.ok()) << done.error().text();
            EXPECT_TRUE(got == want) << rows << " rows, " << backend->description();
          }
        }
      }
    }
  }
}

TEST(Scores, MissingColumnsAreMissingValues) {
  const ScoreColumns columns = make_scores(ValueType::float64, 100, Nulls::none, 0, Rows::range);
  for (const auto& backend : usable_backends()) {
    ScoreState got;
    ScoreItem item = item_of(columns, got);
    item.score.values = nullptr;
    item.label.column.values = nullptr;
    ASSERT_TRUE(backend->scores({&item, 1})->wait().ok());
    EXPECT_EQ(got.rows, 100);
    EXPECT_EQ(got.missing_scores, 100);
    EXPECT_EQ(got.labelled(), 0);
    EXPECT_TRUE(got.entries.empty());
  }
}

TEST(Scores, ACodeBeyondTheDictionaryIsAnError) {
  ScoreColumns columns = make_scores(ValueType::float64, 3, Nulls::none, 0, Rows::range);
  columns.label = make_column(ValueType::code32, {0, 3, 1}, Nulls::none, 0, Rows::range, 5);
  for (const auto& backend : usable_backends()) {
    ScoreState got;
    const ScoreItem item = item_of(columns, got);
    EXPECT_FALSE(backend->scores({&item, 1})->wait().ok()) << backend->description();
  }
}

TEST(Residuals, EqualTheOracleForAnyRowsNullsAndOffset) {
  for (const ValueType type : {ValueType::float32, ValueType::float64}) {
    for (const Values values : {Values::normal, Values::constant, Values::integers, Values::infinities,
                                Values::all_nan, Values::enormous, Values::denormals}) {
      for (const std::int64_t rows : {std::int64_t{0}, std::int64_t{1}, std::int64_t{257}}) {
        for (const Rows kind : {Rows::range, Rows::listed}) {
          const auto count = static_cast<std::size_t>(rows);
          const auto prediction = make_column(type, make_values(values, count, 1), Nulls::tenth, 1, kind, 5);
          const auto label = make_column(type, make_values(values, count, 2), Nulls::last, 1, kind, 5);
          ResidualState want;
          for (const std::int64_t row : prediction->rows) {
            const auto at = static_cast<std::size_t>(row);
            update_residuals(want, prediction->view.valid(row) ? prediction->doubles[at] : NAN,
                             label->view.valid(row) ? label->doubles[at] : NAN, 2.5);
          }
          for (const auto& backend : usable_backends()) {
            ResidualState got;
            const ResidualItem item{prediction->view, label->view, 2.5, prediction->selection, &got};
            ASSERT_TRUE(backend->residuals({&item, 1})->wait().ok());
            EXPECT_TRUE(got == want) << backend->description();
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace longwatch::test
