// Variance for a row, and the bias of the calibration map, from the tables of a reference.
#include "engine/metrics/reference_figures.hpp"

#include <cmath>

#include "engine/metrics/metric.hpp"
#include "engine/metrics/metric_errors.hpp"

namespace longwatch {
namespace {

// Of a mean the variance falls with the rows, of a total it grows with them.
double for_a_row(double variance, double rows, bool total) { return total ? variance / rows : variance * rows; }

double scored_labels(const OutcomeTable& table) {
  double sum = 0;
  for (int p = 0; p < 2; ++p) {
    for (std::size_t j = 0; j < table.score.size(); ++j) sum += table.positive[p][j] + table.negative[p][j];
  }
  return sum;
}

double calibration_bias(const metrics::IntervalRecipe& recipe, const ClassifierView& reference) {
  // Only where every row has a label are the two values of the same rows.
  const double labels = scored_labels(reference.realized);
  if (reference.noise.labels != labels || reference.estimated.rows != reference.realized.rows) return 0;
  return recipe.value(reference.estimated) - recipe.value(reference.realized);
}

ReferenceFigures work_out(const metrics::IntervalRecipe& recipe, const ClassifierView& reference) {
  ReferenceFigures out = {kNaN, kNaN, kNaN};
  const OutcomeTable& realized = reference.realized;
  const OutcomeTable& estimated = reference.estimated;
  if (realized.rows > 0) {
    out.realized_variance =
        for_a_row(metrics::realized_error(recipe, realized).rows.variance, realized.rows, recipe.total);
  }
  if (estimated.rows > 0) {
    out.estimated_variance =
        for_a_row(metrics::estimate_error(recipe, reference).rows.variance, estimated.rows, recipe.total);
    out.calibration_bias = calibration_bias(recipe, reference);
  }
  return out;
}

}  // namespace

ReferenceFigures FiguresOfReference::of(const metrics::IntervalRecipe& recipe, const ClassifierView& reference) {
  const std::lock_guard lock(mutex_);
  const void* key = recipe.identity == nullptr ? &recipe : recipe.identity;
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  return known_[key] = work_out(recipe, reference);
}

}  // namespace longwatch
