#pragma once
// A cell of a classifier of several classes made ready for its metrics: the confusion matrix, and every class against
// the rest.

#include <cstdint>
#include <map>
#include <mutex>
#include <tuple>
#include <vector>

#include "engine/metrics/classifier_view.hpp"
#include "engine/state/class_state.hpp"

namespace longwatch {

/// K x K masses of rows by predicted class, then by label.
struct ClassMatrix {
  std::size_t classes = 0;
  std::vector<double> mass;
  double rows = 0;  ///< the sum of all
  [[nodiscard]] double at(std::size_t predicted, std::size_t label) const { return mass[predicted * classes + label]; }
  [[nodiscard]] double predicted_rows(std::size_t predicted) const;  ///< O(K)
  [[nodiscard]] double label_rows(std::size_t label) const;          ///< O(K)
};

/// One class against the rest. Estimated masses are sums of renormalised calibrated scores.
struct ClassView {
  bool scored = false;  ///< the class has a score, and rows have it; else tables have no scores
  OutcomeTable realized;
  OutcomeTable estimated;
  std::vector<double> calibrated;  ///< by score of `estimated`: mean calibrated score of its rows
};

/// What metrics have worked out of a reference, by functional, average and family. Safe for any number of threads.
struct ClassFigures {
  struct Figure {
    double value;     ///< NaN where it is undefined
    double variance;  ///< by chance, of one row
  };
  std::mutex mutex;
  std::map<std::tuple<const void*, int, bool>, Figure> known;
};

/// `state` and `performance` are borrowed.
struct ClassesView {
  const ClassState* state = nullptr;
  const PerformanceProfile* performance = nullptr;
  ClassMatrix realized;   ///< rows with a known label and a prediction
  ClassMatrix estimated;  ///< rows with usable scores; no rows where `performance` says not_estimated
  std::vector<ClassView> classes;
  double labels_rate = 0;  ///< share of the rows whose label is known; NaN without rows
  /// Makes this the view of another cell, keeping the buffers. O(entries + K^2).
  void assign(const ClassState& cell, const PerformanceProfile& profile);
  mutable ClassFigures figures;  ///< of this cell
};

}  // namespace longwatch
