// Values, variances and the bias of the calibration map, from the tables of a reference.
#include "engine/metrics/reference_figures.hpp"

#include <cmath>

#include "engine/base/side_by_side.hpp"
#include "engine/metrics/functional.hpp"
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

void set_realized(const metrics::IntervalRecipe& recipe, const OutcomeTable& table, ReferenceFigures& out) {
  if (!(table.rows > 0)) return;
  out.realized_value = recipe.value(table);
  out.realized_variance = metrics::realized_error(recipe, table).rows.variance * table.rows;
}

void set_estimated(const metrics::IntervalRecipe& recipe, const ClassifierView& reference, ReferenceFigures& out) {
  const OutcomeTable& table = reference.estimated;
  if (!(table.rows > 0)) return;
  out.estimated_value = recipe.value(table);
  out.estimated_variance = metrics::estimate_error(recipe, reference).rows.variance * table.rows;
}

}  // namespace

FiguresOfReference::FiguresOfReference(const ClassifierView& reference) {
  same_rows_ = of_same_rows(reference);
  const auto recipes = metrics::scored_recipes();
  std::vector<ReferenceFigures> figures(recipes.size(), {kNaN, kNaN, kNaN, kNaN, kNaN});
  side_by_side(2 * recipes.size(), [&](std::size_t i) {
    ReferenceFigures& out = figures[i / 2];
    if (i % 2 == 0) {
      set_realized(*recipes[i / 2], reference.realized, out);
    } else {
      set_estimated(*recipes[i / 2], reference, out);
    }
  });
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    ReferenceFigures& out = figures[i];
    if (reference.estimated.rows > 0) out.calibration_bias = same_rows_ ? out.estimated_value - out.realized_value : 0;
    known_.emplace(recipes[i], out);
  }
}

ReferenceFigures FiguresOfReference::of(const metrics::IntervalRecipe& recipe, const ClassifierView& reference,
                                        double rows) const {
  if (recipe.of_confusion) return of_confusion(recipe, reference, same_rows_, rows);
  ReferenceFigures out = known_.at(&recipe);
  out.realized_variance /= rows;
  out.estimated_variance /= rows;
  return out;
}

}  // namespace longwatch
