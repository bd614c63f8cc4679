// The error of a realized value: sums of powers of the rows' influence.
#include <algorithm>

#include "engine/metrics/metric_errors.hpp"
#include "engine/metrics/slope.hpp"

namespace longwatch::metrics {
namespace {

double value_at(const IntervalRecipe& recipe, const ByCell& m) { return recipe.of_confusion({m[0], m[1], m[2], m[3]}); }

void add_mass(ErrorMoments& out, double mass, double u) {
  const double square = mass * u * u;
  out.variance += square;
  out.third += square * u;
  out.fourth += square * u * u;
}

// Given the number of rows, only how an influence differs from the mean one counts.
ErrorMoments of_cells(const ByCell& masses, const ByCell& influence) {
  double sum = 0, rows = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    sum += masses[i] * influence[i];
    rows += masses[i];
  }
  ErrorMoments out;
  for (std::size_t i = 0; i < 4; ++i) add_mass(out, masses[i], influence[i] - sum / rows);
  return out;
}

}  // namespace

ByCell slopes(const IntervalRecipe& recipe, const Confusion& matrix) {
  const ByCell m = {matrix.tp, matrix.fp, matrix.fn, matrix.tn};
  const double rows = m[0] + m[1] + m[2] + m[3];
  ByCell out{};
  for (std::size_t i = 0; i < 4; ++i) {
    const double step = 1e-4 * (m[i] + 1e-3 * rows);
    out[i] = slope_at(m, i, step, [&](const ByCell& at) { return value_at(recipe, at); });
  }
  return out;
}

ErrorMoments realized_error(const IntervalRecipe& recipe, const Confusion& matrix) {
  return of_cells({matrix.tp, matrix.fp, matrix.fn, matrix.tn}, slopes(recipe, matrix));
}

RealizedError realized_error(const IntervalRecipe& recipe, const OutcomeTable& table) {
  RealizedError out;
  if (recipe.of_confusion) {
    out.rows = realized_error(recipe, confusion_of(table));
    return out;
  }
  const Gradient gradient = recipe.gradient(table);
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    add_mass(out.rows, table.positive_at(j), gradient.positive[j]);
    add_mass(out.rows, table.negative_at(j), gradient.negative[j]);
  }
  if (recipe.bias) out.bias = recipe.bias(table, nullptr, gradient).value;
  return out;
}

}  // namespace longwatch::metrics
