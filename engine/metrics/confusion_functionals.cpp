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

}  // namespace

const Functional kAccuracy = {accuracy, "no rows", false};
const Functional kBalancedAccuracy = {balanced_accuracy, "only one class occurs here", false, smaller_class};
const Functional kF1 = {f1, "no row is positive or predicted positive", false, positives};
const Functional kMatthewsCorrelation = {matthews_correlation, "only one class, or only one prediction, occurs here",
                                         false, smaller_class};
const Functional kPrecision = {precision, "no row is predicted positive", false, predicted_positives};
const Functional kRecall = {recall, "no row is positive", false, positives};
const Functional kSpecificity = {specificity, "no row is negative", false, negatives};

}  // namespace longwatch::metrics
