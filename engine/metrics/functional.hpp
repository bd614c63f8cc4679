#pragma once
// A performance metric as a function of an outcome table: one formula for estimates, realized values and every class
// of a multiclass model.

#include <array>
#include <span>

#include "engine/metrics/interval_recipe.hpp"

namespace longwatch {
struct ClassesView;
}

namespace longwatch::metrics {

struct Averaged;  // class_average.hpp

/// Source of each formula: the metric's own file. All are O(scores), or O(1) where they read the confusion matrix only.
struct Functional {
  double (*value)(const OutcomeTable& table);  ///< NaN where it is undefined; the table has rows
  const char* undefined;                       ///< why it is: "no row is predicted positive"
  bool ranked;                                 ///< reads the masses by score; else the confusion matrix only
  /// Members of the smaller class of the denominator; null where they do not matter.
  double (*events)(const OutcomeTable& table) = nullptr;
  const IntervalRecipe& (*recipe)() = nullptr;  ///< of its interval; null: it has none
  /// Its own formula for several classes; null: an average over them, each against the rest.
  Averaged (*of_classes)(const ClassesView& view, bool estimated) = nullptr;
};

// From the confusion matrix (confusion_functionals.cpp).
extern const Functional kAccuracy;
extern const Functional kBalancedAccuracy;
extern const Functional kF1;
extern const Functional kMatthewsCorrelation;
extern const Functional kPrecision;
extern const Functional kRecall;
extern const Functional kSpecificity;
/// True positives, false positives, false negatives and true negatives; each in rows, as a share of all rows, of its
/// actual class and of its predicted class.
extern const std::array<Functional, 16> kConfusionEntries;

// From the scores (score_functionals.cpp).
extern const Functional kAveragePrecision;
extern const Functional kBrierScore;
extern const Functional kLogLoss;
extern const Functional kRocAuc;

/// The recipes of the metrics that read scores.
std::span<const IntervalRecipe* const> scored_recipes();

/// Masses of scored rows, over both predictions.
struct ClassMasses {
  double positive = 0;
  double negative = 0;
};
ClassMasses scored_masses(const OutcomeTable& table);

}  // namespace longwatch::metrics
