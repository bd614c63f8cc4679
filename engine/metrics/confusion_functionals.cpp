// Functions of the confusion matrix alone.
#include <algorithm>
#include <cmath>

#include "engine/metrics/functional.hpp"
#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : kNaN; }

double positives(const OutcomeTable& t) { return t.true_positive + t.false_negative; }
double negatives(const OutcomeTable& t) { return t.true_negative + t.false_positive; }
double predicted_positives(const OutcomeTable& t) { return t.true_positive + t.false_positive; }
double smaller_class(const OutcomeTable& t) { return std::min(positives(t), negatives(t)); }

double accuracy(const OutcomeTable& t) { return ratio(t.true_positive + t.true_negative, t.rows); }
double precision(const OutcomeTable& t) { return ratio(t.true_positive, predicted_positives(t)); }
double recall(const OutcomeTable& t) { return ratio(t.true_positive, positives(t)); }
double specificity(const OutcomeTable& t) { return ratio(t.true_negative, negatives(t)); }
double balanced_accuracy(const OutcomeTable& t) { return (recall(t) + specificity(t)) / 2; }

double f1(const OutcomeTable& t) {
  return ratio(t.true_positive, t.true_positive + (t.false_positive + t.false_negative) / 2);
}

// The products nearly cancel where the model is no better than chance: one rounding each, not two (Kahan).
double matthews_correlation(const OutcomeTable& t) {
  const double wrong = t.false_positive * t.false_negative;
  const double lost = std::fma(-t.false_positive, t.false_negative, wrong);
  const double covariance = std::fma(t.true_positive, t.true_negative, -wrong) + lost;
  const double predicted = predicted_positives(t) * (t.rows - predicted_positives(t));
  const double actual = positives(t) * negatives(t);
  if (!(predicted > 0 && actual > 0)) return kNaN;
  return std::clamp(covariance / (std::sqrt(predicted) * std::sqrt(actual)), -1.0, 1.0);
}

const IntervalRecipe& accuracy_recipe() {
  static const IntervalRecipe kRecipe = mean_of_shares({{kTp | kTn, kAllCells}});
  return kRecipe;
}
const IntervalRecipe& precision_recipe() {
  static const IntervalRecipe kRecipe = mean_of_shares({{kTp, kTp | kFp}});
  return kRecipe;
}
const IntervalRecipe& recall_recipe() {
  static const IntervalRecipe kRecipe = mean_of_shares({{kTp, kTp | kFn}});
  return kRecipe;
}
const IntervalRecipe& specificity_recipe() {
  static const IntervalRecipe kRecipe = mean_of_shares({{kTn, kTn | kFp}});
  return kRecipe;
}
const IntervalRecipe& balanced_accuracy_recipe() {
  static const IntervalRecipe kRecipe = mean_of_shares({{kTp, kTp | kFn}, {kTn, kTn | kFp}});
  return kRecipe;
}
const IntervalRecipe& f1_recipe() {
  static const IntervalRecipe kRecipe = mean_of_shares({{kTp, kTp | kFp | kFn}}, true);
  return kRecipe;
}
const IntervalRecipe& matthews_recipe() {
  static const IntervalRecipe kRecipe = function_of_confusion(
      [](const Confusion& m) {
        OutcomeTable table;
        table.true_positive = m.tp;
        table.false_positive = m.fp;
        table.false_negative = m.fn;
        table.true_negative = m.tn;
        table.rows = m.tp + m.fp + m.fn + m.tn;
        return matthews_correlation(table);
      },
      -1, 1);
  return kRecipe;
}

}  // namespace

const Functional kAccuracy = {accuracy, "no rows", false, nullptr, accuracy_recipe};
const Functional kBalancedAccuracy = {balanced_accuracy, "only one class occurs here", false, smaller_class,
                                      balanced_accuracy_recipe};
const Functional kF1 = {f1, "no row is positive or predicted positive", false, positives, f1_recipe};
const Functional kMatthewsCorrelation = {matthews_correlation, "only one class, or only one prediction, occurs here",
                                         false, smaller_class, matthews_recipe};
const Functional kPrecision = {precision, "no row is predicted positive", false, predicted_positives,
                               precision_recipe};
const Functional kRecall = {recall, "no row is positive", false, positives, recall_recipe};
const Functional kSpecificity = {specificity, "no row is negative", false, negatives, specificity_recipe};

}  // namespace longwatch::metrics
