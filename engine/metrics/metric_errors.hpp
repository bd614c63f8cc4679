#pragma once
// Private to the intervals: how the error of a performance metric adds up over the rows of a table.

#include <array>

#include "engine/metrics/interval_forms.hpp"
#include "engine/metrics/interval_recipe.hpp"

namespace longwatch::metrics {

/// Of a realized value: to first order a sum over the rows (infinitesimal jackknife; DeLong's for the ROC area).
struct RealizedError {
  ErrorMoments rows;
  double bias = 0;  ///< of the value, to second order
};
RealizedError realized_error(const IntervalRecipe& recipe, const OutcomeTable& table);
/// The same of any confusion matrix; only for functions of it.
ErrorMoments realized_error(const IntervalRecipe& recipe, const Confusion& matrix);

/// Of an estimate.
struct EstimateError {
  ErrorMoments rows;      ///< which rows there are
  double calibrator = 0;  ///< variance from the calibration map
  double bias = 0;        ///< of the estimate, to second order
  double labels = 0;      ///< variance of the realized value about the estimate
  double labels_third = 0;
  double shift = 0;  ///< of the mean of the realized value from the estimate
};
EstimateError estimate_error(const IntervalRecipe& recipe, const ClassifierView& view);
/// What `rows` of it would be, were the cell's rows `times` as many; only for functions of the confusion matrix, here
/// that of so many rows.
ErrorMoments estimate_rows_error(const IntervalRecipe& recipe, const EstimateNoise& noise, const Confusion& matrix,
                                 double times);

/// (tp, fp, fn, tn) of anything.
using ByCell = std::array<double, 4>;
/// dh / d(mass) by central differences.
ByCell slopes(const IntervalRecipe& recipe, const Confusion& matrix);

}  // namespace longwatch::metrics
