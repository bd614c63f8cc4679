// Values, variances and the bias of the calibration map, from the tables of a reference.
#include "engine/metrics/reference_figures.hpp"

#include <cmath>

#include "engine/metrics/metric.hpp"
#include "engine/metrics/metric_errors.hpp"

namespace longwatch {
namespace {

using metrics::Confusion;

double scored_labels(const OutcomeTable& table) {
  double sum = 0;
  for (int p = 0; p < 2; ++p) {
    for (std::size_t j = 0; j < table.score.size(); ++j) sum += table.positive[p][j] + table.negative[p][j];
  }
  return sum;
}

bool of_same_rows(const ClassifierView& reference) {
  return reference.noise.labels == scored_labels(reference.realized) &&
         reference.estimated.rows == reference.realized.rows;
}

Confusion of_rows(const OutcomeTable& table, double rows) {
  const double times = rows / table.rows;
  return {times * table.true_positive, times * table.false_positive, times * table.false_negative,
          times * table.true_negative};
}

// Any function of the matrix is that of the matrix of so many rows: it need not grow with them, nor stay as it is.
ReferenceFigures of_confusion(const metrics::IntervalRecipe& recipe, const ClassifierView& reference, bool same_rows,
                              double rows) {
  ReferenceFigures out = {kNaN, kNaN, kNaN, kNaN, kNaN};
  if (reference.realized.rows > 0) {
    const Confusion matrix = of_rows(reference.realized, rows);
    out.realized_value = recipe.of_confusion(matrix);
    out.realized_variance = metrics::realized_error(recipe, matrix).variance;
  }
  if (reference.estimated.rows > 0) {
    const Confusion matrix = of_rows(reference.estimated, rows);
    const double times = rows / reference.estimated.rows;
    out.estimated_value = recipe.of_confusion(matrix);
    out.estimated_variance = metrics::estimate_rows_error(recipe, reference.noise, matrix, times).variance;
    out.calibration_bias = same_rows ? out.estimated_value - out.realized_value : 0;
  }
  return out;
}

ReferenceFigures of_one_row(const metrics::IntervalRecipe& recipe, const ClassifierView& reference, bool same_rows) {
  ReferenceFigures out = {kNaN, kNaN, kNaN, kNaN, kNaN};
  const OutcomeTable& realized = reference.realized;
  const OutcomeTable& estimated = reference.estimated;
  if (realized.rows > 0) {
    out.realized_value = recipe.value(realized);
    out.realized_variance = metrics::realized_error(recipe, realized).rows.variance * realized.rows;
  }
  if (estimated.rows > 0) {
    out.estimated_value = recipe.value(estimated);
    out.estimated_variance = metrics::estimate_error(recipe, reference).rows.variance * estimated.rows;
    out.calibration_bias = same_rows ? out.estimated_value - out.realized_value : 0;
  }
  return out;
}

}  // namespace

ReferenceFigures FiguresOfReference::of(const metrics::IntervalRecipe& recipe, const ClassifierView& reference,
                                        double rows) {
  const std::lock_guard lock(mutex_);
  if (!same_rows_) same_rows_ = of_same_rows(reference);
  if (recipe.of_confusion) return of_confusion(recipe, reference, *same_rows_, rows);
  auto found = known_.find(&recipe);
  if (found == known_.end()) found = known_.emplace(&recipe, of_one_row(recipe, reference, *same_rows_)).first;
  ReferenceFigures out = found->second;
  out.realized_variance /= rows;
  out.estimated_variance /= rows;
  return out;
}

}  // namespace longwatch
