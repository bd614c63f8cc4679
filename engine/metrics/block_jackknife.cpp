// Left-out values on the scale that they are compared on, their spread, and the interval from it.
#include "engine/metrics/block_jackknife.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/metrics/interval_forms.hpp"
#include "engine/metrics/location.hpp"

namespace longwatch::metrics {
namespace {

struct Spread {
  double mean = 0;
  double variance = kNaN;  // of the whole cell's value; NaN: not known
  double groups = 0;
};

// Whether the value is a sum over the groups.
bool adds_up(std::span<const LeftOut> without, double value) {
  double parts = 0;
  for (const LeftOut& left : without) parts += value - left.value;
  return std::abs(parts - value) <= 1e-9 * std::abs(value);
}

// What a left-out value is times, so that all are of as many rows.
double growth(const Metric& metric, bool total, double left, double rows, double reference_rows) {
  if (left == rows) return 1;
  if (metric.family == Family::univariate_drift) {  // n N / (n + N), as the chi-squared statistic
    return metric.grows_with_rows ? rows * (left + reference_rows) / (left * (rows + reference_rows)) : 1;
  }
  return total ? rows / left : 1;
}

Spread spread_of(const std::vector<double>& left_out, double value) {
  const auto unchanged = [value](double x) { return std::abs(x - value) <= 1e-12 * std::abs(value); };  // rounding
  Spread out;
  for (const double x : left_out) {
    if (!std::isfinite(x)) return {};
    if (unchanged(x)) continue;
    out.groups += 1;
    out.mean += x;
  }
  if (out.groups < kLeastGroups) return {};
  out.mean /= out.groups;
  double squares = 0;
  for (const double x : left_out) {
    if (!unchanged(x)) squares += (x - out.mean) * (x - out.mean);
  }
  if (!(squares > 0)) return {};  // all change it alike, as steps of a quantile do
  out.variance = (out.groups - 1) / out.groups * squares;
  return out;
}

Interval on_scale(const Metric& metric, double centre, double error, double t) {
  if (std::isfinite(metric.least) && std::isfinite(metric.greatest))
    return on_logit_scale(centre, error, metric.least, metric.greatest, t);
  if (metric.least == 0 && centre > 0) {
    const double half = t * error / centre;
    return {centre * std::exp(-half), centre * std::exp(half)};
  }
  return {std::max(metric.least, centre - t * error), std::min(metric.greatest, centre + t * error)};
}

// Of the square (of a divergence: of itself) of a distance, which is larger between samples than between populations.
void set_distance(const Metric& metric, const Spread& spread, double square, double power, MetricValue& out) {
  const double bias = (spread.groups - 1) * (spread.mean - square);
  const double t = t975(spread.groups - 1);
  const auto root = [&](double x) { return std::pow(std::max(0.0, x), 1 / power); };
  out.ci_lower = root(square - bias - t * std::sqrt(spread.variance));
  // Where there is next to no drift the spread is next to nothing as well; the bias says how far chance reaches there.
  const double upper = std::max(0.0, square - bias) + t * std::sqrt(spread.variance + bias * bias / 4);
  out.ci_upper = std::min(metric.greatest, root(upper));
  out.standard_error = std::sqrt(spread.variance) / (power * std::pow(out.value, power - 1));
}

}  // namespace

void set_block_interval(const Metric& metric, std::span<const LeftOut> without, double rows, double reference_rows,
                        MetricValue& out) {
  const bool distance = metric.family == Family::univariate_drift;
  const double power = distance ? out.null.power : 1;
  const double value = std::pow(out.value, power);
  const bool total = adds_up(without, out.value);
  std::vector<double> left_out;
  for (const LeftOut& left : without) {
    const double x = std::pow(left.value, power) * growth(metric, total, left.rows, rows, reference_rows);
    left_out.push_back(x);
  }
  const Spread spread = spread_of(left_out, value);
  out.standard_error = out.ci_lower = out.ci_upper = kNaN;
  out.interval_method = "too_few_blocks";
  if (std::isnan(spread.variance)) return;
  out.interval_method = "block_jackknife";
  if (distance) return set_distance(metric, spread, value, power, out);
  const double variance = spread.variance + out.learned_variance;
  out.standard_error = std::sqrt(variance);
  // Satterthwaite: what was learned is known well.
  const double freedom = (spread.groups - 1) * variance * variance / (spread.variance * spread.variance);
  const Interval ci = on_scale(metric, out.value - out.learned_bias, out.standard_error, t975(freedom));
  out.ci_lower = ci.lower;
  out.ci_upper = ci.upper;
}

}  // namespace longwatch::metrics
