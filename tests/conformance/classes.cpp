// Items of several classes: every backend's partial is the oracle's state, for any rows, nulls, types and split.

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/state/class_row.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/support/class_oracle.hpp"

namespace longwatch::test {
namespace {

// By slab code of predictions and labels: classes, then two texts that are no class.
std::vector<std::int16_t> class_of(std::size_t classes) {
  std::vector<std::int16_t> out;
  for (std::size_t c = 0; c < classes; ++c) out.push_back(static_cast<std::int16_t>(c));
  out.insert(out.end(), 2, row::kNoClass);
  return out;
}

// As the oracle has it: -2 for what is no class, -1 for what is missing.
int oracle_class(const TestColumn& column, const std::vector<std::int16_t>& classes, std::int64_t at) {
  if (!column.view.valid(at)) return -1;
  const int found = classes[static_cast<std::size_t>(column.doubles[static_cast<std::size_t>(at)])];
  return found < 0 ? -2 : found;
}

struct Case {
  std::size_t classes = 4;
  std::vector<std::int32_t> scored = {0, 1, 3};
  std::int64_t rows = 257;
  ValueType type = ValueType::float64;
  Nulls nulls = Nulls::none;
  Rows kind = Rows::range;
  std::int64_t offset = 0;
  bool calibrated = true;
};

class ClassRowsUnderTest {
 public:
  explicit ClassRowsUnderTest(const Case& of) : case_(of), class_of_(class_of(of.classes)) {
    Random random(of.classes * 1000 + static_cast<std::uint64_t>(of.rows));
    const auto rows = static_cast<std::size_t>(of.rows);
    std::vector<std::vector<double>> scores(of.scored.size(), std::vector<double>(rows));
    std::vector<double> predictions(rows);
    std::vector<double> labels(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      double sum = 0;
      for (auto& column : scores) sum += column[i] = std::exp(random.normal());
      for (auto& column : scores) column[i] /= sum;
      if (random.below(8) == 0) spoil(scores, i, random);
      predictions[i] = static_cast<double>(random.below(of.classes + 2));
      labels[i] = static_cast<double>(random.below(of.classes + 2));
    }
    for (const auto& column : scores) columns_.push_back(make_column(of.type, column, of.nulls, of.offset, of.kind, 3));
    prediction_ = make_column(ValueType::code32, predictions, of.nulls, of.offset, of.kind, 3);
    label_ = make_column(ValueType::code32, labels, Nulls::tenth, of.offset, of.kind, 3);
    for (const auto& column : columns_) views_.push_back(column->view);
    plan_.classes = of.classes;
    plan_.scored = of.scored;
    maps_.resize(of.scored.size());
    if (!of.calibrated) return;
    for (std::size_t i = 0; i < maps_.size(); ++i) {
      if (i % 3 != 1) maps_[i] = {{0.05, 0.1 + 0.01 * static_cast<double>(i % 7), 0.7}, {0, 0.25, 0.9}};
      plan_.maps.push_back(
          {maps_[i].scores.data(), maps_[i].probabilities.data(), static_cast<std::int64_t>(maps_[i].scores.size())});
    }
  }

  // One score becomes something that is no probability, or all of them 0 but one.
  void spoil(std::vector<std::vector<double>>& scores, std::size_t row, Random& random) const {
    const double kInf = std::numeric_limits<double>::infinity();
    const double bad[] = {std::nan(""), kInf, -kInf, -0.25, 1.5, 0.75, 0.0, -0.0, 5e-324};
    if (random.below(3) == 0) {
      for (auto& column : scores) column[row] = random.below(2) == 0 ? 0.0 : -0.0;
      scores.back()[row] = 1;
    } else {
      scores[random.below(scores.size())][row] = bad[random.below(std::size(bad))];
    }
  }

  [[nodiscard]] ClassItem item(const RowSelection& rows, ClassPartial& out) const {
    const ClassColumn prediction{prediction_->view, class_of_.data(), class_of_.size()};
    const ClassColumn label{label_->view, class_of_.data(), class_of_.size()};
    return {views_, prediction, label, rows, &plan_, &out};
  }
  [[nodiscard]] const RowSelection& selection() const { return columns_[0]->selection; }

  [[nodiscard]] ClassState oracle() const {
    ClassState out;
    const std::vector<int> scored(case_.scored.begin(), case_.scored.end());
    for (const std::int64_t at : columns_[0]->rows) {
      ClassRow row;
      const auto i = static_cast<std::size_t>(at);
      for (const auto& column : columns_) {
        row.scores.push_back(column->view.valid(at) ? std::optional<double>(column->doubles[i]) : std::nullopt);
      }
      row.predicted = oracle_class(*prediction_, class_of_, at);
      row.label = oracle_class(*label_, class_of_, at);
      update_classes(out, case_.classes, scored, case_.calibrated ? maps_ : std::vector<OracleMap>(), row);
    }
    return out;
  }

 private:
  Case case_;
  std::vector<std::int16_t> class_of_;
  std::vector<std::unique_ptr<TestColumn>> columns_;
  std::vector<ColumnView> views_;
  std::unique_ptr<TestColumn> prediction_;
  std::unique_ptr<TestColumn> label_;
  std::vector<OracleMap> maps_;
  ClassPlan plan_;
};

ClassState state_of(Backend& backend, const ClassRowsUnderTest& rows, std::size_t classes,
                    const std::vector<RowSelection>& parts) {
  ClassPartial partial;
  partial.reset(classes);
  for (const RowSelection& part : parts) {
    const ClassItem item = rows.item(part, partial);
    const Result<void> done = backend.classes({&item, 1})->wait();
    EXPECT_TRUE(done.ok()) << done.error().text();
  }
  return partial.take();
}

void compare_all(const Case& of) {
  const ClassRowsUnderTest rows(of);
  const ClassState want = rows.oracle();
  for (const auto& backend : usable_backends()) {
    EXPECT_TRUE(state_of(*backend, rows, of.classes, {rows.selection()}) == want)
        << of.rows << " rows, " << of.classes << " classes, nulls " << static_cast<int>(of.nulls) << ", offset "
        << of.offset << ", " << backend->description();
  }
}

TEST(Classes, EqualTheOracleForAnyRowsNullsAndOffset) {
  for (const std::int64_t rows : kRowCounts) {
    for (const Nulls nulls : kAllNulls) {
      for (const std::int64_t offset : kOffsets) {
        for (const Rows kind : {Rows::range, Rows::listed}) {
          const ValueType type = offset % 2 == 0 ? ValueType::float64 : ValueType::float32;
          compare_all({.rows = rows, .type = type, .nulls = nulls, .kind = kind, .offset = offset});
        }
      }
    }
  }
}

TEST(Classes, EqualTheOracleForAnyNumberOfClasses) {
  for (const std::size_t classes : {2, 3, 8, 9, 40}) {
    Case of{.classes = classes, .scored = {}, .rows = 500};
    for (std::size_t c = 0; c < classes; ++c) of.scored.push_back(static_cast<std::int32_t>(c));
    compare_all(of);
    of.calibrated = false;
    compare_all(of);
  }
}

TEST(Classes, AnySplitInAnyOrderGivesTheSameState) {
  const Case of{.rows = 2000, .nulls = Nulls::tenth, .offset = 1};
  const ClassRowsUnderTest rows(of);
  const ClassState want = rows.oracle();
  std::vector<RowSelection> parts;
  for (std::int64_t at = 0; at < 2000; at += 17)
    parts.push_back({1 + at, std::min<std::int64_t>(17, 2000 - at), nullptr});
  std::reverse(parts.begin(), parts.end());
  for (const auto& backend : usable_backends()) EXPECT_TRUE(state_of(*backend, rows, of.classes, parts) == want);
}

TEST(Classes, ACodeBeyondTheDictionaryOrAClassBeyondThePlanIsAnError) {
  const ClassRowsUnderTest rows(Case{.rows = 200});
  const std::vector<std::int16_t> few = {0, 1};
  const std::vector<std::int16_t> beyond(6, 4);
  for (const auto& backend : usable_backends()) {
    for (const auto* classes : {&few, &beyond}) {
      for (const bool label : {false, true}) {
        ClassPartial partial;
        partial.reset(4);
        ClassItem item = rows.item(rows.selection(), partial);
        ClassColumn& column = label ? item.label : item.prediction;
        column.classes = classes->data();
        column.codes = classes->size();
        EXPECT_FALSE(backend->classes({&item, 1})->wait().ok()) << backend->description();
      }
    }
  }
}

}  // namespace
}  // namespace longwatch::test
