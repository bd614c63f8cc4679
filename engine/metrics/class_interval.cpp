// Forms of intervals, and what the reference tells of chunks.
#include "engine/metrics/class_interval.hpp"

#include <algorithm>
#include <cmath>

#include "engine/metrics/interval_forms.hpp"
#include "engine/metrics/normal.hpp"

namespace longwatch::metrics {
namespace {

constexpr double kLevel = 0.95;

// Reference rows behind the calibration maps; 0 where no map has knots.
double labelled_rows(const PerformanceProfile& performance) {
  double most = 0;
  for (const Calibrator& map : performance.calibrators) {
    double rows = 0;
    for (std::size_t i = 0; i < map.weights.size(); ++i) {
      const bool same_block = i > 0 && map.probabilities[i] == map.probabilities[i - 1];
      if (!same_block) rows += map.weights[i];
    }
    most = std::max(most, rows);
  }
  return most;
}

double rows_of(const ClassesView& view, bool estimated) { return (estimated ? view.estimated : view.realized).rows; }

// Of an estimate: that of the labels of as many rows as the reference has labels.
double calibration_variance(const ClassesView& view, const ClassError& error) {
  const double labelled = labelled_rows(*view.performance);
  return labelled > 0 ? error.labels * view.estimated.rows / labelled : 0;
}

// A share whose variance is that of a share of `n` rows; at its ends, of as many rows as its smallest part has.
Interval of_share(double value, double variance, double events, double z) {
  const double n = value > 0 && value < 1 && variance > 0 ? value * (1 - value) / variance : events;
  if (!(n > 0)) return {kNaN, kNaN};
  const double inside = std::clamp(value, 0.0, 1.0);
  const Interval out = wilson(inside * n, n, z);
  return {std::min(out.lower, inside), std::max(out.upper, inside)};  // rounding
}

Interval interval_of(const Functional& functional, const MetricValue& out, double variance, double rows, double z) {
  const bool loss = functional.ranked && functional.of_classes != nullptr;
  const double error = std::sqrt(variance);
  if (loss) return {std::max(0.0, out.value - z * error), out.value + z * error};
  const IntervalRecipe& recipe = functional.recipe();
  if (recipe.least < 0) return on_logit_scale(out.value, error, recipe.least, recipe.greatest, z);
  const bool inside = out.value > 0 && out.value < 1 && variance > 0;
  if (functional.ranked && inside) return on_logit_scale(out.value, error, 0, 1, z);
  return of_share(out.value, variance, std::isnan(out.events) ? rows : out.events, z);
}

const char* method_of(const Functional& functional) {
  if (!functional.ranked) return functional.recipe().least < 0 ? "delta" : "wilson";
  return &functional == &kRocAuc ? "logit_delong" : "delta";
}

// Of the reference; worked out once for each metric.
ClassFigures::Figure figure_of(const ClassesView& reference, bool estimated, const Functional& functional,
                               Average average) {
  const std::lock_guard guard(reference.figures.mutex);
  const auto key = std::tuple(static_cast<const void*>(&functional), static_cast<int>(average), estimated);
  const auto found = reference.figures.known.find(key);
  if (found != reference.figures.known.end()) return found->second;
  const double rows = rows_of(reference, estimated);
  ClassFigures::Figure figure{kNaN, kNaN};
  if (rows > 0) {
    figure.value = functional_value(reference, estimated, functional, average).value;
    figure.variance = class_error(reference, estimated, functional, average).sampling * rows;
  }
  reference.figures.known.emplace(key, figure);
  return figure;
}

}  // namespace

void add_matrix_interval(const ClassesView& view, bool estimated, const std::vector<double>& gradient,
                         MetricValue& out) {
  const ClassError error = matrix_error(view, estimated, gradient);
  if (!std::isfinite(error.sampling)) return;
  const double z = normal_quantile((1 + kLevel) / 2);
  const double calibration = estimated ? calibration_variance(view, error) : 0;
  out.standard_error = std::sqrt(error.sampling + calibration);
  out.learned_variance = calibration;
  out.ci_lower = out.value - z * out.standard_error;
  out.ci_upper = out.value + z * out.standard_error;
  out.interval_method = "delta";
  if (!estimated) return;
  const double realized = z * std::sqrt(error.labels + calibration);
  out.pi_lower = out.value - realized;
  out.pi_upper = out.value + realized;
}

void add_share_interval(const ClassesView& view, bool estimated, const ClassError& error, double denominator,
                        double scale, MetricValue& out) {
  if (!std::isfinite(error.sampling)) return;
  const double z = normal_quantile((1 + kLevel) / 2);
  const double share = out.value / scale;
  const double calibration = estimated ? calibration_variance(view, error) : 0;
  out.standard_error = scale * std::sqrt(error.sampling + calibration);
  out.learned_variance = scale * scale * calibration;
  const Interval population = of_share(share, error.sampling + calibration, denominator, z);
  out.ci_lower = scale * population.lower;
  out.ci_upper = scale * population.upper;
  out.interval_method = "wilson";
  if (!estimated) return;
  const Interval realized = of_share(share, error.labels + calibration, denominator, z);
  out.pi_lower = scale * realized.lower;
  out.pi_upper = scale * realized.upper;
}

void add_class_interval(const MetricInput& input, bool estimated, const Functional& functional, Average average,
                        MetricValue& out) {
  if (input.value_only) return;
  const ClassesView& view = *input.classes;
  const ClassError error = class_error(view, estimated, functional, average);
  if (!std::isfinite(error.sampling)) return;
  const double z = normal_quantile((1 + kLevel) / 2);
  const double rows = rows_of(view, estimated);
  const double calibration = estimated ? calibration_variance(view, error) : 0;
  out.standard_error = std::sqrt(error.sampling + calibration);
  out.learned_variance = calibration;
  const Interval population = interval_of(functional, out, error.sampling + calibration, rows, z);
  out.ci_lower = population.lower;
  out.ci_upper = population.upper;
  out.interval_method = method_of(functional);
  if (estimated) {
    const Interval realized = interval_of(functional, out, error.labels + calibration, rows, z);
    out.pi_lower = realized.lower;
    out.pi_upper = realized.upper;
  }
  if (input.reference_classes == nullptr) return;
  const ClassFigures::Figure usual = figure_of(*input.reference_classes, estimated, functional, average);
  const double reference_rows = rows_of(*input.reference_classes, estimated);
  if (!(reference_rows > 0)) return;
  out.null.expected = usual.value;
  out.null.error = std::sqrt(usual.variance * (1 / rows + 1 / reference_rows));
}

}  // namespace longwatch::metrics
