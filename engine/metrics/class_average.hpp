#pragma once
// Private to the performance metrics: from a functional of one class against the rest to a value over several classes.

#include "engine/metrics/classes_view.hpp"
#include "engine/metrics/functional.hpp"
#include "engine/metrics/guards.hpp"

namespace longwatch::metrics {

/// How the values of classes become one, as in scikit-learn. macro: their mean; a plain metric name is of this kind.
/// weighted: their mean weighted with the (expected) rows of each label. micro: the functional of all classes' tables
/// added up. Functions of the confusion matrix: over the classes that occur as label or prediction, and a class whose
/// value has no denominator counts as 0. Functions of scores: over the classes that have a score; a class that does not
/// occur leaves the macro average undefined, and has no weight in the weighted one.
enum class Average : std::uint8_t { macro, micro, weighted };

/// An average of a functional, or why there is none.
struct Averaged {
  double value = kNaN;
  double events = kNaN;   ///< macro: of the class with the fewest; else of the pooled classes
  std::string undefined;  ///< empty where there is a value
};

/// O(entries), of functions of the confusion matrix O(K^2).
Averaged class_average(const ClassesView& view, bool estimated, const Functional& functional, Average average);

/// The tables of all classes added up, without regard to predictions; with scores where `ranked`. O(entries log K).
OutcomeTable pooled(const ClassesView& view, bool estimated, bool ranked);

/// What a class weighs in the weighted average: rows of its label; of functions of scores, those that have scores.
double label_weight(const OutcomeTable& table, bool ranked);

/// compute(view, estimated) of a cell that has rows, with labels_rate filled in. Without: why performance cannot be
/// known, or `insufficient_data`.
template <class Compute>
MetricValue with_classes(const MetricInput& input, Family family, Compute compute) {
  if (input.classes == nullptr) return MetricValue::undefined("the model has no scores by class");
  const ClassesView& view = *input.classes;
  const bool estimated = family == Family::estimated_performance;
  const std::string& why =
      !estimated || !view.performance->unusable.empty() ? view.performance->unusable : view.performance->not_estimated;
  MetricValue out;
  if (!why.empty()) {
    out = without_value(why);
  } else if (!((estimated ? view.estimated : view.realized).rows > 0)) {
    out = without_value("insufficient_data");
  } else {
    out = checked(compute(view, estimated));
  }
  out.labels_rate = view.labels_rate;
  return out;
}

/// The functional's own formula for several classes where it has one, else its average.
Averaged functional_value(const ClassesView& view, bool estimated, const Functional& functional, Average average);

/// The functional's value of a cell of several classes: its own formula where it has one, else its macro average.
MetricValue classes_value(const MetricInput& input, Family family, const Functional& functional,
                          Average average = Average::macro);

/// As a Metric wants it.
template <const Functional& functional, Family family, Average average>
MetricValue class_performance(const MetricInput& input) {
  return classes_value(input, family, functional, average);
}

/// The descriptor of an average other than macro.
template <const Functional& functional, Family family, Average average>
constexpr Metric averaged_metric(std::string_view name, std::string_view summary, std::string_view source) {
  return {.name = name,
          .summary = summary,
          .source = source,
          .family = family,
          .applies_to = AppliesTo::multiclass,
          .least = 0,
          .greatest = 1,
          .needs_reference = false,
          .threshold = DefaultThreshold::standard_deviation_both,
          .compute = class_performance<functional, family, average>};
}

}  // namespace longwatch::metrics
