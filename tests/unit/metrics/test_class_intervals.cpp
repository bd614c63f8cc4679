// Errors and intervals of metrics of several classes, against resampled rows and drawn labels.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/metrics/class_confusion.hpp"
#include "engine/metrics/class_interval.hpp"
#include "tests/support/class_oracle.hpp"
#include "tests/support/random.hpp"

namespace longwatch::metrics {
namespace {

using test::ClassRow;
using test::Random;

constexpr std::size_t kRows = 300;
constexpr int kDraws = 300;

struct Case {
  const char* name;
  const Functional& functional;
  Average average;
  bool bound;  // the error is an upper bound: the state does not keep how classes go together
};
const Case kCases[] = {
    {"accuracy", kAccuracy, Average::macro, false},
    {"balanced accuracy", kBalancedAccuracy, Average::macro, false},
    {"R_K", kMatthewsCorrelation, Average::macro, false},
    {"F1", kF1, Average::macro, false},
    {"F1, weighted", kF1, Average::weighted, false},
    {"precision, micro", kPrecision, Average::micro, false},
    {"specificity", kSpecificity, Average::macro, false},
    {"ROC AUC", kRocAuc, Average::macro, true},
    {"ROC AUC, weighted", kRocAuc, Average::weighted, true},
    {"average precision, micro", kAveragePrecision, Average::micro, true},
    {"log loss", kLogLoss, Average::macro, true},
    {"Brier score", kBrierScore, Average::macro, true},
};

// Rows whose labels are drawn from their scores, so that these are calibrated.
std::vector<ClassRow> drawn_rows(std::size_t classes, Random& random) {
  std::vector<ClassRow> out(kRows);
  for (ClassRow& row : out) {
    double sum = 0;
    std::vector<double> weights;
    for (std::size_t c = 0; c < classes; ++c) sum += weights.emplace_back(std::pow(-std::log(random.uniform()), 2.0));
    for (const double weight : weights) row.scores.emplace_back(weight / sum);
    row.predicted = static_cast<int>(std::max_element(weights.begin(), weights.end()) - weights.begin());
    if (random.below(8) == 0) row.predicted = static_cast<int>(random.below(classes));
  }
  return out;
}

int drawn_label(const ClassRow& row, Random& random) {
  double left = random.uniform();
  for (std::size_t c = 0; c < row.scores.size(); ++c) {
    left -= *row.scores[c];
    if (left < 0) return static_cast<int>(c);
  }
  return static_cast<int>(row.scores.size()) - 1;
}

struct Cell {
  PerformanceProfile profile;
  ClassState state;
  ClassesView view;
  Cell(std::size_t classes, const std::vector<ClassRow>& rows) {
    std::vector<int> scored;
    for (std::size_t c = 0; c < classes; ++c) {
      profile.classes.push_back(std::to_string(c));
      scored.push_back(static_cast<int>(c));
    }
    profile.calibrators.resize(classes);
    for (const ClassRow& row : rows)
      test::update_classes(state, classes, scored, std::vector<test::OracleMap>(classes), row);
    view.assign(state, profile);
  }
  Cell(const Cell&) = delete;
  [[nodiscard]] MetricValue value(const Case& of, Family family) const {
    MetricInput input;
    input.classes = &view;
    return classes_value(input, family, of.functional, of.average);
  }
};

double deviation(const std::vector<double>& values) {
  double sum = 0;
  double squares = 0;
  for (const double value : values) sum += value / static_cast<double>(values.size());
  for (const double value : values) squares += (value - sum) * (value - sum);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

void expect_error(const Case& of, double error, double resampled, const std::string& what) {
  EXPECT_GT(error, 0.85 * resampled) << of.name << ", " << what;
  EXPECT_LT(error, (of.bound ? 2.5 : 1.18) * resampled) << of.name << ", " << what;
}

TEST(ClassIntervals, StandardErrorsAreThoseOfResampledRows) {
  for (const Family family : {Family::realized_performance, Family::estimated_performance}) {
    Random random(3);
    std::vector<ClassRow> rows = drawn_rows(3, random);
    for (ClassRow& row : rows) row.label = drawn_label(row, random);
    const Cell cell(3, rows);
    std::vector<std::vector<double>> values(std::size(kCases));
    for (int draw = 0; draw < kDraws; ++draw) {
      std::vector<ClassRow> resampled;
      for (std::size_t i = 0; i < kRows; ++i) resampled.push_back(rows[random.below(kRows)]);
      const Cell other(3, resampled);
      for (std::size_t i = 0; i < std::size(kCases); ++i) values[i].push_back(other.value(kCases[i], family).value);
    }
    for (std::size_t i = 0; i < std::size(kCases); ++i) {
      if (family == Family::estimated_performance && &kCases[i].functional == &kLogLoss) continue;  // the bound is wide
      expect_error(kCases[i], cell.value(kCases[i], family).standard_error, deviation(values[i]), family_name(family));
    }
  }
}

// The realized value of rows whose labels are drawn from their scores lies inside the prediction interval.
void expect_covered(std::size_t classes, double least, double most) {
  Random random(classes);
  std::vector<ClassRow> rows = drawn_rows(classes, random);
  const Cell cell(classes, rows);
  std::vector<int> inside(std::size(kCases), 0);
  for (int draw = 0; draw < kDraws; ++draw) {
    for (ClassRow& row : rows) row.label = drawn_label(row, random);
    const Cell labelled(classes, rows);
    for (std::size_t i = 0; i < std::size(kCases); ++i) {
      const MetricValue estimate = cell.value(kCases[i], Family::estimated_performance);
      const double realized = labelled.value(kCases[i], Family::realized_performance).value;
      inside[i] += realized >= estimate.pi_lower && realized <= estimate.pi_upper ? 1 : 0;
    }
  }
  for (std::size_t i = 0; i < std::size(kCases); ++i) {
    EXPECT_GE(inside[i], least * kDraws) << kCases[i].name;
    if (!kCases[i].bound) {
      EXPECT_LE(inside[i], most * kDraws) << kCases[i].name;
    }
  }
}

TEST(ClassIntervals, PredictionIntervalsHoldTheRealizedValue) { expect_covered(3, 0.91, 0.985); }

TEST(ClassIntervals, OfManyClassesAreBounds) { expect_covered(12, 0.91, 1); }

TEST(ClassIntervals, OfAShareLieInsideItsRange) {
  std::vector<ClassRow> rows(20);
  for (ClassRow& row : rows) row = {{0.5, 0.25, 0.25}, 0, 0};
  rows[0] = {{0.25, 0.5, 0.25}, 1, 1};
  const MetricValue right = Cell(3, rows).value(kCases[0], Family::realized_performance);
  EXPECT_EQ(right.value, 1);
  EXPECT_EQ(right.ci_upper, 1);
  EXPECT_NEAR(right.ci_lower, 20 / (20 + 1.959963984540054 * 1.959963984540054), 1e-12);  // Wilson at its end
  EXPECT_STREQ(right.interval_method, "wilson");
}

std::vector<double> entry_errors(const Cell& cell, Family family, std::vector<double>& values) {
  MetricInput input;
  input.classes = &cell.view;
  std::vector<double> out;
  for (input.variant = 0; input.variant < class_confusion_names(cell.profile).size(); ++input.variant) {
    const MetricValue entry = class_confusion_value(input, family);
    EXPECT_EQ(entry.status, "ok");
    EXPECT_LE(entry.ci_lower, entry.value);
    EXPECT_GE(entry.ci_upper, entry.value);
    values.push_back(entry.value);
    out.push_back(entry.standard_error);
  }
  return out;
}

TEST(ClassIntervals, ErrorsOfConfusionEntriesAreThoseOfResampledRows) {
  for (const Family family : {Family::realized_performance, Family::estimated_performance}) {
    Random random(9);
    std::vector<ClassRow> rows = drawn_rows(3, random);
    for (ClassRow& row : rows) row.label = drawn_label(row, random);
    std::vector<double> values;
    const std::vector<double> errors = entry_errors(Cell(3, rows), family, values);
    std::vector<std::vector<double>> resampled_values(errors.size());
    for (int draw = 0; draw < kDraws; ++draw) {
      std::vector<ClassRow> resampled;
      for (std::size_t i = 0; i < kRows; ++i) resampled.push_back(rows[random.below(kRows)]);
      std::vector<double> drawn;
      entry_errors(Cell(3, resampled), family, drawn);
      for (std::size_t i = 0; i < drawn.size(); ++i) resampled_values[i].push_back(drawn[i]);
    }
    for (std::size_t i = 0; i < errors.size(); ++i) {
      EXPECT_GT(errors[i], 0.85 * deviation(resampled_values[i])) << i << ", " << family_name(family);
      EXPECT_LT(errors[i], 1.18 * deviation(resampled_values[i])) << i << ", " << family_name(family);
    }
  }
}

TEST(ClassIntervals, ConfusionEntriesHoldTheLabelsToCome) {
  Random random(10);
  std::vector<ClassRow> rows = drawn_rows(3, random);
  const Cell cell(3, rows);
  const std::vector<std::string> names = class_confusion_names(cell.profile);
  std::vector<int> inside(names.size(), 0);
  for (int draw = 0; draw < kDraws; ++draw) {
    for (ClassRow& row : rows) row.label = drawn_label(row, random);
    const Cell labelled(3, rows);
    MetricInput estimated;
    MetricInput realized;
    estimated.classes = &cell.view;
    realized.classes = &labelled.view;
    for (std::size_t i = 0; i < names.size(); ++i) {
      estimated.variant = realized.variant = i;
      const MetricValue estimate = class_confusion_value(estimated, Family::estimated_performance);
      const double value = class_confusion_value(realized, Family::realized_performance).value;
      inside[i] += value >= estimate.pi_lower && value <= estimate.pi_upper ? 1 : 0;
    }
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_GE(inside[i], 0.91 * kDraws) << names[i];
    EXPECT_LE(inside[i], 0.985 * kDraws) << names[i];
  }
}

TEST(ClassIntervals, AConfusionEntryOfNoRowsHasWilsonsBound) {
  std::vector<ClassRow> rows(20);
  for (ClassRow& row : rows) row = {{0.5, 0.25, 0.25}, 0, 0};
  const Cell cell(3, rows);
  MetricInput input;
  input.classes = &cell.view;
  input.variant = 4;  // true_0_pred_1
  const MetricValue none = class_confusion_value(input, Family::realized_performance);
  const double z2 = 1.959963984540054 * 1.959963984540054;
  EXPECT_EQ(none.value, 0);
  EXPECT_EQ(none.ci_lower, 0);
  EXPECT_NEAR(none.ci_upper, 20 * z2 / (20 + z2), 1e-10);
  input.variant = 7;
  EXPECT_EQ(class_confusion_value(input, Family::realized_performance).status,
            "undefined: no row is predicted as this class");
}

}  // namespace
}  // namespace longwatch::metrics
