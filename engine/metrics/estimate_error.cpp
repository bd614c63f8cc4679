// The error of an estimate: which rows there are, what their labels will be, and what the calibration map says of them.
#include <cmath>

#include "engine/metrics/metric_errors.hpp"

namespace longwatch::metrics {
namespace {

// Adds `times` the sums of (base + slope c)^k, k = 2, 3, 4, over rows whose powers of c add up to `power`.
void add_powers(ErrorMoments& out, const double power[5], double base, double slope, double times) {
  const double b2 = base * base, s2 = slope * slope;
  out.variance += times * (b2 * power[0] + 2 * base * slope * power[1] + s2 * power[2]);
  out.third +=
      times * (b2 * base * power[0] + 3 * b2 * slope * power[1] + 3 * base * s2 * power[2] + s2 * slope * power[3]);
  out.fourth += times * (b2 * b2 * power[0] + 4 * b2 * base * slope * power[1] + 6 * b2 * s2 * power[2] +
                         4 * base * s2 * slope * power[3] + s2 * s2 * power[4]);
}

// What a row's expected masses move the function by, less the mean row's: given the number of rows, only how rows
// differ counts.
ErrorMoments rows_of_confusion(const ByCell& g, const EstimateNoise& noise, double times) {
  const double positive[2] = {g[2], g[0]};
  const double negative[2] = {g[3], g[1]};
  double sum = 0, rows = 0;
  for (int p = 0; p < 2; ++p) {
    sum += negative[p] * noise.power[p][0] + (positive[p] - negative[p]) * noise.power[p][1];
    rows += noise.power[p][0];
  }
  ErrorMoments out;
  for (int p = 0; p < 2; ++p) {
    add_powers(out, noise.power[p], negative[p] - sum / rows, positive[p] - negative[p], times);
  }
  return out;
}

// What curvature in the numbers of positives (by prediction) does to mean and skewness of the realized value.
void add_curvature(const IntervalRecipe& recipe, const Confusion& m, const double variance[2], const double d[2],
                   EstimateError& out) {
  const double step[2] = {std::sqrt(variance[0]) / 4, std::sqrt(variance[1]) / 4};
  const auto at = [&](double unpredicted, double predicted) {
    const double a = predicted * step[1], b = unpredicted * step[0];
    return recipe.of_confusion({m.tp + a, m.fp - a, m.fn + b, m.tn - b});
  };
  const double centre = at(0, 0);
  // Second differences; variances are 16 steps squared.
  const double h11 = 16 * (at(0, 1) - 2 * centre + at(0, -1));
  const double h00 = 16 * (at(1, 0) - 2 * centre + at(-1, 0));
  const double h10 = 4 * (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1));
  const double sd[2] = {std::sqrt(variance[0]), std::sqrt(variance[1])};
  const double shift = (h11 + h00) / 2;
  const double a1 = d[1] * sd[1], a0 = d[0] * sd[0];
  const double third = 3 * (a1 * a1 * h11 + 2 * a1 * a0 * h10 + a0 * a0 * h00);
  if (!std::isfinite(shift) || !std::isfinite(third)) return;
  out.shift = shift;
  out.labels_third += third;
}

EstimateError of_confusion(const IntervalRecipe& recipe, const EstimateNoise& noise, const Confusion& matrix) {
  const ByCell g = slopes(recipe, matrix);
  EstimateError out;
  out.rows = rows_of_confusion(g, noise, 1);
  const double d[2] = {g[2] - g[3], g[0] - g[1]};
  for (int p = 0; p < 2; ++p) {
    out.labels += d[p] * d[p] * noise.label[p];
    out.labels_third += d[p] * d[p] * d[p] * noise.label_third[p];
  }
  out.calibrator = calibrator_variance(noise, d);
  add_curvature(recipe, matrix, noise.label, d, out);
  return out;
}

EstimateError of_scores(const IntervalRecipe& recipe, const ClassifierView& view) {
  const OutcomeTable& table = view.estimated;
  const Gradient g = recipe.gradient(table);
  std::vector<double> moves(table.score.size());
  EstimateError out;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    const double c = view.calibrated[j];
    const double n = table.positive_at(j) + table.negative_at(j);
    const double d = g.positive[j] - g.negative[j];
    const double u = g.negative[j] + c * d;
    const double square = n * u * u;
    out.rows.variance += square;
    out.rows.third += square * u;
    out.rows.fourth += square * u * u;
    const double label = n * c * (1 - c) * d * d;
    out.labels += label;
    out.labels_third += label * (1 - 2 * c) * d;
    moves[j] = n * d;
  }
  if (recipe.bias) {
    const Bias bias = recipe.bias(table, &view.calibrated, g);
    out.bias = bias.value;
    out.shift = bias.realized;
  }
  out.calibrator = calibrator_variance(view.noise, table, view.calibrated, moves);
  return out;
}

}  // namespace

ErrorMoments estimate_rows_error(const IntervalRecipe& recipe, const EstimateNoise& noise, const Confusion& matrix,
                                 double times) {
  return rows_of_confusion(slopes(recipe, matrix), noise, times);
}

EstimateError estimate_error(const IntervalRecipe& recipe, const ClassifierView& view) {
  return recipe.of_confusion ? of_confusion(recipe, view.noise, confusion_of(view.estimated)) : of_scores(recipe, view);
}

}  // namespace longwatch::metrics
