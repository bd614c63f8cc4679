#pragma once
// What the chunks of a model need to know of its reference, once for every metric.

#include <map>
#include <memory>
#include <mutex>

#include "engine/metrics/interval_recipe.hpp"

namespace longwatch {

/// NaN where it is not known.
struct ReferenceFigures {
  double realized_variance;  ///< of the realized metric (of a total: of its mean), times the rows
  double estimated_variance;  ///< of the estimate, labels and calibration map as they are, times the rows
  /// Estimate less realized value of the reference's labelled rows, where the calibration map was learned from them.
  double calibration_bias;
};

/// Kept with the view of a reference: figures are worked out when they are first asked for. Recipes are told apart by
/// their identity, else by address: it outlives the view. Safe for any number of threads.
class FiguresOfReference {
 public:
  ReferenceFigures of(const metrics::IntervalRecipe& recipe, const ClassifierView& reference);

 private:
  std::mutex mutex_;
  std::map<const void*, ReferenceFigures> known_;
};

}  // namespace longwatch
