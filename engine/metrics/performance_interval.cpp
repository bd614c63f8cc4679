#include "engine/metrics/performance_interval.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/metrics/interval_forms.hpp"

namespace longwatch::metrics {
namespace {

using Cells = std::array<double, 4>;  // tp, fp, fn, tn

Cells cells_of(const Confusion& m) { return {m.tp, m.fp, m.fn, m.tn}; }
double rows_of(const Confusion& m) { return m.tp + m.fp + m.fn + m.tn; }

double share_of(const Cells& m, unsigned cells) {
  double sum = 0;
  for (unsigned i = 0; i < 4; ++i) sum += ((cells >> i) & 1) != 0 ? m[i] : 0;
  return sum;
}

double value_at(const IntervalRecipe& recipe, const Cells& m) { return recipe.of_confusion({m[0], m[1], m[2], m[3]}); }

// dh / dm by central differences; homogeneous functions, so that the step may be relative to the rows.
Cells slopes(const IntervalRecipe& recipe, const Confusion& matrix) {
  const Cells m = cells_of(matrix);
  Cells out{};
  for (std::size_t i = 0; i < 4; ++i) {
    const double step = 1e-4 * (m[i] + 1e-3 * rows_of(matrix));
    Cells up = m, down = m;
    up[i] += step;
    down[i] -= step;
    out[i] = (value_at(recipe, up) - value_at(recipe, down)) / (2 * step);
  }
  return out;
}

ErrorMoments moments_of(const Cells& masses, Cells u) {
  double sum = 0, rows = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    sum += masses[i] * u[i];
    rows += masses[i];
  }
  ErrorMoments out;
  for (std::size_t i = 0; i < 4; ++i) {
    const double d = u[i] - sum / rows;
    out.variance += masses[i] * d * d;
    out.third += masses[i] * d * d * d;
    out.fourth += masses[i] * d * d * d * d;
  }
  return out;
}

void add_mass(ErrorMoments& out, double mass, double u) {
  const double square = mass * u * u;
  out.variance += square;
  out.third += square * u;
  out.fourth += square * u * u;
}

ErrorMoments moments_of(const OutcomeTable& table, const Gradient& gradient) {
  ErrorMoments out;
  for (int p = 0; p < 2; ++p) {
    for (std::size_t j = 0; j < table.score.size(); ++j) {
      add_mass(out, table.positive[p][j], gradient.positive[p][j]);
      add_mass(out, table.negative[p][j], gradient.negative[p][j]);
    }
  }
  return out;
}

Interval interval_of_shares(const IntervalRecipe& recipe, const Confusion& matrix, double z) {
  const Cells m = cells_of(matrix);
  double value = 0, low = 0, high = 0;
  for (const Proportion& share : recipe.shares) {
    const double n = share_of(m, share.denominator);
    const double p = share_of(m, share.numerator) / n;
    const Interval one = wilson(p * n, n, z);
    value += p;
    low += (p - one.lower) * (p - one.lower);
    high += (one.upper - p) * (one.upper - p);
  }
  const double k = static_cast<double>(recipe.shares.size());
  Interval out = {(value - std::sqrt(low)) / k, (value + std::sqrt(high)) / k};
  if (recipe.dice) out = {2 * out.lower / (1 + out.lower), 2 * out.upper / (1 + out.upper)};
  if (recipe.total) out = {out.lower * rows_of(matrix), out.upper * rows_of(matrix)};
  return out;
}

bool bounded(const IntervalRecipe& recipe) { return std::isfinite(recipe.least) && std::isfinite(recipe.greatest); }

void set(MetricValue& out, const Interval& ci, const char* method) {
  out.ci_lower = ci.lower;
  out.ci_upper = ci.upper;
  out.interval_method = method;
}

}  // namespace

void add_realized_interval(const IntervalRecipe& recipe, const OutcomeTable& table, const OutcomeTable*, double level,
                           MetricValue& out) {
  const double z = normal_quantile((1 + level) / 2);
  ErrorMoments error;
  Confusion matrix = confusion_of(table);
  if (recipe.of_confusion) {
    error = moments_of(cells_of(matrix), slopes(recipe, matrix));
  } else {
    Gradient gradient;
    recipe.gradient(table, gradient);
    error = moments_of(table, gradient);
  }
  out.standard_error = std::sqrt(error.variance);
  if (!recipe.shares.empty()) {
    set(out, interval_of_shares(recipe, matrix, z), "wilson");
    return;
  }
  const double t = student_quantile((1 + level) / 2, degrees_of_freedom(error, table.rows));
  if (recipe.form == Form::logit) {
    set(out, on_logit_scale(out.value, out.standard_error, recipe.least, recipe.greatest, t), "logit_delta");
  } else {
    set(out, skewed_student(out.value, error, t), "delta");
  }
}

namespace {

// Influence of the rows on an estimate, and of their labels on the realized value.
struct EstimateError {
  ErrorMoments rows;
  double calibrator = 0;
  double label = 0;
  double label_third = 0;
  double bias = 0;  // of the realized value about the estimate
};

EstimateError of_confusion(const IntervalRecipe& recipe, const EstimateNoise& noise, const Confusion& matrix) {
  const Cells g = slopes(recipe, matrix);
  const double positive[2] = {g[2], g[0]};
  const double negative[2] = {g[3], g[1]};
  EstimateError out;
  const double mean = recipe.total ? recipe.of_confusion(matrix) / rows_of(matrix) : 0;
  double d[2];
  for (int p = 0; p < 2; ++p) {
    d[p] = positive[p] - negative[p];
    const double base = negative[p] - mean;
    // sum of (base + c d)^2
    out.rows.variance += base * base * noise.rows[p] + 2 * base * d[p] * noise.sum[p] + d[p] * d[p] * noise.square[p];
    out.label += d[p] * d[p] * noise.label[p];
    out.label_third += d[p] * d[p] * d[p] * noise.label_third[p];
  }
  out.calibrator = calibrator_variance(noise, d);
  // Curvature in the numbers of positives, predicted 1 and 0.
  const double move[2] = {std::sqrt(noise.label[0]) / 2, std::sqrt(noise.label[1]) / 2};
  const auto at = [&](double a, double b) {
    return recipe.of_confusion({matrix.tp + a, matrix.fp - a, matrix.fn + b, matrix.tn - b});
  };
  const double centre = at(0, 0);
  const double h11 = move[1] > 0 ? (at(move[1], 0) - 2 * centre + at(-move[1], 0)) / (move[1] * move[1]) : 0;
  const double h00 = move[0] > 0 ? (at(0, move[0]) - 2 * centre + at(0, -move[0])) / (move[0] * move[0]) : 0;
  const double h10 = move[0] > 0 && move[1] > 0 ? (at(move[1], move[0]) - at(move[1], -move[0]) -
                                                   at(-move[1], move[0]) + at(-move[1], -move[0])) /
                                                      (4 * move[0] * move[1])
                                                : 0;
  const double v1 = noise.label[1], v0 = noise.label[0];
  out.bias = (h11 * v1 + h00 * v0) / 2;
  out.label_third += 3 * (d[1] * d[1] * v1 * v1 * h11 + 2 * d[1] * d[0] * v1 * v0 * h10 + d[0] * d[0] * v0 * v0 * h00);
  return out;
}

EstimateError of_table(const IntervalRecipe& recipe, const ClassifierView& view) {
  const OutcomeTable& table = view.estimated;
  Gradient g;
  recipe.gradient(table, g);
  std::vector<double> rows[2], d[2];
  EstimateError out;
  for (int p = 0; p < 2; ++p) {
    rows[p].resize(table.score.size());
    d[p].resize(table.score.size());
    for (std::size_t j = 0; j < table.score.size(); ++j) {
      const double c = view.calibrated[j];
      const double n = table.positive[p][j] + table.negative[p][j];
      const double difference = g.positive[p][j] - g.negative[p][j];
      rows[p][j] = n;
      d[p][j] = difference;
      add_mass(out.rows, n, g.negative[p][j] + c * difference);
      const double label = n * c * (1 - c) * difference * difference;
      out.label += label;
      out.label_third += label * (1 - 2 * c) * difference;
    }
  }
  out.calibrator = calibrator_variance(view.noise, view.calibrated, rows, d);
  return out;
}

}  // namespace

void add_estimated_interval(const IntervalRecipe& recipe, const ClassifierView& view, const ClassifierView*,
                            double level, MetricValue& out) {
  const double z = normal_quantile((1 + level) / 2);
  const EstimateError error = recipe.of_confusion
                                  ? of_confusion(recipe, view.noise, confusion_of(view.estimated))
                                  : of_table(recipe, view);
  const double ci_error = std::sqrt(error.rows.variance + error.calibrator);
  out.standard_error = ci_error;
  const double pi_variance = error.label + error.calibrator;
  if (recipe.form == Form::logit || !recipe.shares.empty()) {
    if (bounded(recipe)) {
      set(out, on_logit_scale(out.value, ci_error, recipe.least, recipe.greatest, z), "logit_delta");
    } else {
      set(out, {out.value - z * ci_error, out.value + z * ci_error}, "delta");
    }
  } else {
    set(out, {out.value - z * ci_error, out.value + z * ci_error}, "delta");
  }
  const Interval pi = cornish_fisher(out.value + error.bias, pi_variance, error.label_third, z);
  out.pi_lower = pi.lower;
  out.pi_upper = pi.upper;
}

}  // namespace longwatch::metrics
