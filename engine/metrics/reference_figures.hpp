#pragma once
// What the chunks of a model need to know of its reference, once for every metric.

#include <map>
#include <memory>

#include "engine/metrics/interval_recipe.hpp"

namespace longwatch {

/// Of a chunk of so many rows drawn from the reference. NaN where it is not known.
struct ReferenceFigures {
  double realized_value;  ///< the reference's; of counts and sums, that of so many rows
  double realized_variance;
  double estimated_value;
  double estimated_variance;  ///< labels and calibration map as they are
  /// Estimate less realized value of the reference's labelled rows, where the calibration map was learned from them.
  double calibration_bias;
};

/// Kept with the view of a reference. Immutable.
class FiguresOfReference {
 public:
  /// Works out what the recipes of scores need, side by side: O(scores) each.
  explicit FiguresOfReference(const ClassifierView& reference);
  /// For a chunk of `rows` > 0 rows. O(1). `recipe`: of the confusion matrix, or one of scored_recipes().
  [[nodiscard]] ReferenceFigures of(const metrics::IntervalRecipe& recipe, const ClassifierView& reference,
                                    double rows) const;

 private:
  bool same_rows_ = false;  ///< estimate and realized value are of the same rows: every row has a label
  std::map<const metrics::IntervalRecipe*, ReferenceFigures> known_;  ///< of one row
};

}  // namespace longwatch
