// Which form of interval a metric has, and where it is centred.
#include "engine/metrics/performance_interval.hpp"

#include <algorithm>
#include <cmath>

#include "engine/metrics/guards.hpp"
#include "engine/metrics/metric_errors.hpp"
#include "engine/metrics/reference_figures.hpp"

namespace longwatch::metrics {
namespace {

double share_of(const Confusion& m, unsigned cells) {
  return ((cells & kTp) != 0 ? m.tp : 0) + ((cells & kFp) != 0 ? m.fp : 0) + ((cells & kFn) != 0 ? m.fn : 0) +
         ((cells & kTn) != 0 ? m.tn : 0);
}

// Wilson's of one share; of a mean of shares by Zou and Donner's recovery of variances (2008).
Interval of_shares(const IntervalRecipe& recipe, const Confusion& m, double z) {
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
  const double rows = recipe.total ? m.tp + m.fp + m.fn + m.tn : 1;
  return {out.lower * rows, out.upper * rows};
}

Interval within(const Interval& interval, const IntervalRecipe& recipe) {
  return {std::clamp(interval.lower, recipe.least, recipe.greatest),
          std::clamp(interval.upper, recipe.least, recipe.greatest)};
}

void set_ci(MetricValue& out, const Interval& ci, const char* method) {
  out.ci_lower = ci.lower;
  out.ci_upper = ci.upper;
  out.interval_method = method;
}

// A value that no resampling would change (perfect ranking, say) still has an interval: that of a share of all members
// of the smaller class.
Interval at_an_end(const IntervalRecipe& recipe, const OutcomeTable& table, double value, double z) {
  const double positives = table.true_positive + table.false_negative;
  const double n = std::min(positives, table.rows - positives);
  const double span = recipe.greatest - recipe.least;
  if (!(n > 0) || !std::isfinite(span)) return {kNaN, kNaN};
  const Interval share = wilson((value - recipe.least) / span * n, n, z);
  return {recipe.least + span * share.lower, recipe.least + span * share.upper};
}

bool known(const Interval& interval) { return std::isfinite(interval.lower) && std::isfinite(interval.upper); }

}  // namespace

void add_realized_interval(const IntervalRecipe& recipe, const ClassifierView& view, const ClassifierView* reference,
                           double level, MetricValue& out) {
  const OutcomeTable& table = view.realized;
  const RealizedError error = realized_error(recipe, table);
  if (reference != nullptr && reference->realized.rows > 0) {
    const ReferenceFigures figures = reference->figures->of(recipe, *reference, table.rows);
    set_null(out.null, figures.realized_value, figures.realized_variance, table.rows, reference->realized.rows);
  }
  if (!std::isfinite(error.rows.variance)) return;
  out.standard_error = std::sqrt(error.rows.variance);
  const double p = (1 + level) / 2;
  if (!recipe.shares.empty()) {
    set_ci(out, of_shares(recipe, confusion_of(table), normal_quantile(p)), recipe.shares.size() == 1 ? "wilson" : "mover");
    return;
  }
  if (error.rows.variance <= 0) {
    const Interval end = at_an_end(recipe, table, out.value, normal_quantile(p));
    if (known(end)) set_ci(out, end, "wilson");
    return;
  }
  const double t = student_quantile(p, degrees_of_freedom(error.rows, table.rows));
  const double centre = out.value - error.bias;
  if (recipe.form == Form::logit) {
    set_ci(out, on_logit_scale(centre, out.standard_error, recipe.least, recipe.greatest, t), recipe.method);
  } else {
    set_ci(out, within(skewed_student(centre, error.rows, t), recipe), recipe.method);
  }
}

double optimism_of(const IntervalRecipe& recipe, const ClassifierView& view, const ClassifierView* reference) {
  if (reference == nullptr || !(reference->estimated.rows > 0)) return 0;
  const double bias = reference->figures->of(recipe, *reference, view.estimated.rows).calibration_bias;
  return std::isfinite(bias) ? bias : 0;
}

void add_estimated_interval(const IntervalRecipe& recipe, const ClassifierView& view, const ClassifierView* reference,
                            double level, MetricValue& out) {
  const EstimateError error = estimate_error(recipe, view);
  if (reference != nullptr && reference->estimated.rows > 0) {
    const double rows = view.estimated.rows;
    const ReferenceFigures figures = reference->figures->of(recipe, *reference, rows);
    set_null(out.null, figures.estimated_value, figures.estimated_variance, rows, reference->estimated.rows);
  }
  const double optimism = optimism_of(recipe, view, reference);
  ErrorMoments sampling = error.rows;
  sampling.variance += error.calibrator;
  if (!std::isfinite(sampling.variance)) return;
  out.standard_error = std::sqrt(sampling.variance);
  out.learned_bias = optimism;
  out.learned_variance = error.calibrator;
  const double p = (1 + level) / 2;
  const double centre = out.value - error.bias - optimism;
  const double t = student_quantile(p, degrees_of_freedom(error.rows, view.estimated.rows, error.calibrator));
  set_ci(out, within(skewed_student(centre, sampling, t), recipe), "delta");
  const double variance = error.labels + error.calibrator;
  const double z = normal_quantile(p);
  const double realized = out.value + error.shift - optimism;
  const Interval pi = recipe.form == Form::logit
                          ? on_logit_scale(realized, std::sqrt(variance), recipe.least, recipe.greatest, z)
                          : within(cornish_fisher(realized, variance, error.labels_third, z), recipe);
  out.pi_lower = pi.lower;
  out.pi_upper = pi.upper;
}

}  // namespace longwatch::metrics
