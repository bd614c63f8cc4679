// Functions of the confusion matrix alone.
#include <algorithm>
#include <cmath>

#include "engine/metrics/class_functionals.hpp"

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

enum Norm { count, share, of_actual, of_predicted };
enum Entry { tp, fp, fn, tn };

template <Entry entry>
double rows_of(const OutcomeTable& t) {
  if constexpr (entry == tp) return t.true_positive;
  if constexpr (entry == fp) return t.false_positive;
  if constexpr (entry == fn) return t.false_negative;
  return t.true_negative;
}

// The rows that share the entry's class, and those that share its prediction.
template <Entry entry>
double actual_rows(const OutcomeTable& t) {
  return entry == tp || entry == fn ? positives(t) : negatives(t);
}
template <Entry entry>
double predicted_rows(const OutcomeTable& t) {
  return entry == tp || entry == fp ? predicted_positives(t) : t.true_negative + t.false_negative;
}

template <Entry entry, Norm norm>
double normalised(const OutcomeTable& t) {
  switch (norm) {
    case count:
      return rows_of<entry>(t);
    case share:
      return ratio(rows_of<entry>(t), t.rows);
    case of_actual:
      return ratio(rows_of<entry>(t), actual_rows<entry>(t));
    case of_predicted:
      return ratio(rows_of<entry>(t), predicted_rows<entry>(t));
  }
}

template <Entry entry>
constexpr std::array<Functional, 4> kOfEntry = {
    Functional{normalised<entry, count>, "no rows", false}, Functional{normalised<entry, share>, "no rows", false},
    Functional{normalised<entry, of_actual>, entry == tp || entry == fn ? "no row is positive" : "no row is negative",
               false, actual_rows<entry>},
    Functional{normalised<entry, of_predicted>,
               entry == tp || entry == fp ? "no row is predicted positive" : "no row is predicted negative", false,
               predicted_rows<entry>}};

constexpr std::array<Functional, 16> all_entries() {
  std::array<Functional, 16> out = {};
  std::size_t next = 0;
  for (const auto& of_entry : {kOfEntry<tp>, kOfEntry<fp>, kOfEntry<fn>, kOfEntry<tn>}) {
    for (const Functional& functional : of_entry) out[next++] = functional;
  }
  return out;
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

const std::array<Functional, 16> kConfusionEntries = all_entries();
const Functional kAccuracy = {accuracy, "no rows", false, nullptr, accuracy_recipe, class_accuracy};
const Functional kBalancedAccuracy = {balanced_accuracy,        "only one class occurs here", false, smaller_class,
                                      balanced_accuracy_recipe, class_balanced_accuracy};
const Functional kF1 = {f1, "no row is positive or predicted positive", false, positives, f1_recipe};
const Functional kMatthewsCorrelation = {matthews_correlation, "only one class, or only one prediction, occurs here",
                                         false,                smaller_class,
                                         matthews_recipe,      class_matthews_correlation};
const Functional kPrecision = {precision, "no row is predicted positive", false, predicted_positives,
                               precision_recipe};
const Functional kRecall = {recall, "no row is positive", false, positives, recall_recipe};
const Functional kSpecificity = {specificity, "no row is negative", false, negatives, specificity_recipe};

}  // namespace longwatch::metrics
