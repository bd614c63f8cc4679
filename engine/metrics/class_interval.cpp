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

// Fills all that `error` tells of a value; `error` is of the value / `scale`, and interval(variance, z) gives the
// value's interval. Nothing where the error is not known.
template <class IntervalOf>
void set_intervals(const ClassesView& view, bool estimated, const ClassError& error, const char* method, double scale,
                   MetricValue& out, const IntervalOf& interval) {
  if (!std::isfinite(error.sampling)) return;
  const double z = normal_quantile((1 + kLevel) / 2);
  const double calibration = estimated ? calibration_variance(view, error) : 0;
  out.standard_error = scale * std::sqrt(error.sampling + calibration);
  out.learned_variance = scale * scale * calibration;
  const Interval population = interval(error.sampling + calibration, z);
  out.ci_lower = population.lower;
  out.ci_upper = population.upper;
  out.interval_method = method;
  if (!estimated) return;
  const Interval realized = interval(error.labels + calibration, z);
  out.pi_lower = realized.lower;
  out.pi_upper = realized.upper;
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
  set_intervals(view, estimated, matrix_error(view, estimated, gradient), "delta", 1, out,
                [&](double variance, double z) {
                  const double reach = z * std::sqrt(variance);
                  return Interval{out.value - reach, out.value + reach};
                });
}

void add_share_interval(const ClassesView& view, bool estimated, const ClassError& error, double denominator,
                        double scale, MetricValue& out) {
  set_intervals(view, estimated, error, "wilson", scale, out, [&](double variance, double z) {
    const Interval share = of_share(out.value / scale, variance, denominator, z);
    return Interval{scale * share.lower, scale * share.upper};
  });
}

void add_class_interval(const MetricInput& input, bool estimated, const Functional& functional, Average average,
                        MetricValue& out) {
  if (input.value_only) return;
  const ClassesView& view = *input.classes;
  const ClassError error = class_error(view, estimated, functional, average);
  if (!std::isfinite(error.sampling)) return;
  const double rows = rows_of(view, estimated);
  set_intervals(view, estimated, error, method_of(functional), 1, out,
                [&](double variance, double z) { return interval_of(functional, out, variance, rows, z); });
  if (input.reference_classes == nullptr) return;
  const ClassFigures::Figure usual = figure_of(*input.reference_classes, estimated, functional, average);
  const double reference_rows = rows_of(*input.reference_classes, estimated);
  if (!(reference_rows > 0)) return;
  out.null.expected = usual.value;
  out.null.error = std::sqrt(usual.variance * (1 / rows + 1 / reference_rows));
}

}  // namespace longwatch::metrics
