// Order statistics and quantiles from the counts of a partition.
#include "engine/metrics/quantile.hpp"

#include <algorithm>
#include <cmath>

namespace longwatch::metrics {

namespace {

/// The normal's 99.5 % quantile: where a limit at 1 % lies.
constexpr double kFar = 2.576;

/// A value and the width of the cell that it lies in (0 where it is exact).
struct Located {
  double value;
  double width;
};

/// The value of rank `rank` (0-based) among `count` in the open cell (left, right). Spread as a power of the rank whose
/// mean is the cell's: even where the mean is the centre.
double spread(double left, double right, double mean, std::int64_t rank, std::int64_t count) {
  const double centre = (mean - left) / (right - left);
  if (!(centre > 0)) return left;
  if (centre >= 1) return right;
  const double share = (static_cast<double>(rank) + 0.5) / static_cast<double>(count);
  return std::lerp(left, right, std::pow(share, 1 / centre - 1));
}

/// A value alone in its cell is known to the unit of the cell's sum, and a whole number exactly.
Located alone(const NumberView& view, std::size_t open, double value) {
  const double unit = view.column->partition.unit(open);
  if (unit == 0) return {value, 0};  // an outermost cell: its sum is exact
  const double nearest = std::round(value);
  if (view.column->column.integer && std::abs(value - nearest) * unit <= 1) return {nearest, 0};
  return {value, 1 / unit};
}

/// The order statistic `rank` (0-based) of the finite values.
Located order_statistic(const NumberView& view, std::int64_t rank) {
  const MomentsState& moments = view.state->moments;
  if (rank <= 0) return {moments.minimum, 0};
  if (rank >= view.finite - 1) return {moments.maximum, 0};
  const auto found = std::upper_bound(view.up_to.begin(), view.up_to.end(), rank);
  const auto cell = static_cast<std::size_t>(found - view.up_to.begin());
  rank -= *found - view.counts[cell];
  const std::span<const double> edges = view.column->partition.edges();
  const std::size_t open = cell / 2;
  if (cell % 2 != 0) return {edges[open], 0};
  const std::int64_t count = view.counts[cell];
  const double left = open == 0 ? moments.minimum : std::max(edges[open - 1], moments.minimum);
  const double right = open == edges.size() ? moments.maximum : std::min(edges[open], moments.maximum);
  const double mean = std::clamp(view.sums[open] / static_cast<double>(count), left, right);
  if (count == 1) return alone(view, open, mean);
  return {spread(left, right, mean, rank, count), right - left};
}

/// numpy.quantile's linear interpolation at position (n - 1) level.
Located interpolated(const NumberView& view, double level) {
  const double position = level * static_cast<double>(view.finite - 1);
  const double below = std::floor(position);
  const Located low = order_statistic(view, static_cast<std::int64_t>(below));
  const double weight = position - below;
  if (weight == 0) return low;
  const Located high = order_statistic(view, static_cast<std::int64_t>(below) + 1);
  return {std::lerp(low.value, high.value, weight), std::max(low.width, high.width)};
}

/// The distance between the quantiles `step` to either side, per step; the levels end at 0 and 1.
double width_per_step(const NumberView& view, double level, double step) {
  const double low = std::max(0.0, level - step);
  const double high = std::min(1.0, level + step);
  return (interpolated(view, high).value - interpolated(view, low).value) / (high - low);
}

}  // namespace

MetricValue quantile_of(const NumberView& view, double level) {
  const Located found = interpolated(view, level);
  MetricValue out = value_of(found.value);
  out.resolution = found.width;
  const double n = static_cast<double>(view.finite);
  const double step = std::sqrt(level * (1 - level) / n);
  if (level - step >= 0 && level + step <= 1) {
    out.standard_error = interpolated(view, level + step).value / 2 - interpolated(view, level - step).value / 2;
  }
  // Order statistics (0-based) such that the number of values below the population's quantile, binomial, lies between.
  const auto low = static_cast<std::int64_t>(std::floor(n * level - kNormal975 * n * step - 0.5));
  const auto high = static_cast<std::int64_t>(std::ceil(n * level + kNormal975 * n * step - 0.5));
  if (low >= 0 && high < view.finite) {
    out.ci_lower = order_statistic(view, low).value;
    out.ci_upper = order_statistic(view, high).value;
    out.interval_method = "woodruff";
  }
  return out;
}

MetricValue against_quantile(MetricValue answer, const NumberView& reference, std::int64_t n, double level) {
  if (reference.finite < 2) return answer;
  const double rows = static_cast<double>(reference.finite);
  const double step = std::sqrt(level * (1 - level) * (1 / static_cast<double>(n) + 1 / rows));
  answer.null.error = step * std::max(width_per_step(reference, level, step),  //
                                      width_per_step(reference, level, kFar * step));
  answer.null.expected = interpolated(reference, level).value;
  return answer;
}

}  // namespace longwatch::metrics
