// First Wasserstein distance from the counts and sums of a partition.
#include "engine/metrics/null_terms.hpp"

namespace longwatch {
namespace {

/// One open cell (left, right): what both distributions do in it.
struct Cell {
  double left;
  double right;
  double start;  ///< F_reference - F_chunk at the left end,
  double end;    ///< and at the right end
  double reference_mass;
  double chunk_mass;
  double reference_mean;  ///< of the rows in the cell; any value inside where there are none
  double chunk_mean;
};

struct Area {
  double value = 0;
  double error = 0;  ///< the area is within this of the true one
};

/// The most area that a crossing and back within the cell can hide: how far the distribution behind may get ahead, over
/// the width; no more than all of its rows before their mean's place, nor all of the other's behind it.
double hidden_area(const Cell& cell, bool reference_ahead) {
  const double overtake = reference_ahead ? cell.chunk_mass - cell.start : cell.reference_mass + cell.start;
  const double of_chunk =
      cell.chunk_mass * (reference_ahead ? cell.right - cell.chunk_mean : cell.chunk_mean - cell.left);
  const double of_reference =
      cell.reference_mass * (reference_ahead ? cell.reference_mean - cell.left : cell.right - cell.reference_mean);
  return std::min({std::max(0.0, overtake) * (cell.right - cell.left), of_chunk, of_reference});
}

/// The area between the two cumulative distributions. The signed area is exact, since the integral of a distribution
/// over the cell is known from its mean. Where the difference has one sign at both ends the area is its absolute value,
/// unless the rows cross within; where the sign changes, both masses stand at their means.
Area area_of(const Cell& cell) {
  const double width = cell.right - cell.left;
  const double signed_area = cell.start * width + cell.reference_mass * (cell.right - cell.reference_mean) -
                             cell.chunk_mass * (cell.right - cell.chunk_mean);
  const bool alone = cell.reference_mass == 0 || cell.chunk_mass == 0;
  const double most = std::max(cell.start + cell.reference_mass, cell.chunk_mass - cell.start);
  if (cell.start * cell.end >= 0) {
    return {std::abs(signed_area), alone ? 0 : 2 * hidden_area(cell, cell.start + cell.end >= 0)};
  }
  const double first = std::min(cell.reference_mean, cell.chunk_mean);
  const double second = std::max(cell.reference_mean, cell.chunk_mean);
  const double middle =
      cell.reference_mean < cell.chunk_mean ? cell.start + cell.reference_mass : cell.start - cell.chunk_mass;
  const double pieces = std::abs(cell.start) * (first - cell.left) + std::abs(middle) * (second - first) +
                        std::abs(cell.end) * (cell.right - second);
  return {pieces, most * width};
}

double mean_in(const NumberView& view, std::size_t cell, double left, double right) {
  const std::int64_t count = view.counts[cell];
  return count == 0 ? left : std::clamp(view.sums[cell / 2] / static_cast<double>(count), left, right);
}

/// Neighbouring open cells on which the distributions hardly change: their width, shares below and difference.
struct Step {
  double width, p, q, z, error;
};

/// What the distance of samples does about a population on the path.
class Path {
 public:
  Path(double n, double rows, metrics::PathMoments null) : n_(n), rows_(rows), null_(null) {}

  /// The next interval of the axis, `p` and `q` the mean shares below.
  void add(double width, double p, double q) {
    const double pooled = (n_ * q + rows_ * p) / (n_ + rows_);
    if (!(width > 0) || !std::isfinite(width) || pooled <= 0 || pooled >= 1) return;
    value_ += width * std::abs(q - p);
    if (!steps_.empty()) {
      Step& last = steps_.back();
      const double before = (n_ * last.q + rows_ * last.p) / (n_ + rows_);
      if (metrics::nearly_same(before, pooled) && (last.q - last.p) * (q - p) >= 0) {
        const double share = width / (last.width + width);
        last.p += share * (p - last.p);
        last.q += share * (q - last.q);
        last.width += width;
        return;
      }
    }
    steps_.push_back({width, p, q, 0, 0});
  }

  void finish() {
    for (Step& step : steps_) {
      const double pooled = (n_ * step.q + rows_ * step.p) / (n_ + rows_);
      double variance = pooled * (1 - pooled) * (1 / n_ + 1 / rows_);
      const double difference = step.q - step.p;
      if (difference * difference > 9 * variance) variance = step.q * (1 - step.q) / n_ + step.p * (1 - step.p) / rows_;
      step.error = std::sqrt(variance);
      step.z = step.error > 0 ? difference / step.error : 0;
      excess_ += step.width * step.error * metrics::fold_excess(0);
      rest_ += step.width * step.error * std::sqrt(metrics::fold_rest(0));
    }
  }

  metrics::PathMoments operator()(double t) const {
    double excess = 0, rest = 0, of_p = 0, of_q = 0, before_p = 0, before_q = 0;
    for (const Step& step : steps_) {
      const double z = t * step.z;
      excess += step.width * step.error * metrics::fold_excess(z);
      rest += step.width * step.error * std::sqrt(metrics::fold_rest(z));
      const double a = step.width * metrics::fold_slope(z);
      of_p += a * (1 - step.p) * (2 * before_p + a * step.p);
      of_q += a * (1 - step.q) * (2 * before_q + a * step.q);
      before_p += a * step.p;
      before_q += a * step.q;
    }
    const double more = excess_ > 0 ? null_.mean / excess_ : 1;
    const double left = rest_ > 0 ? rest / rest_ : 1;
    return {t * value_ + excess * more, of_p / rows_ + of_q / n_ + null_.variance * left * left};
  }

 private:
  double n_, rows_;
  metrics::PathMoments null_;
  std::vector<Step> steps_;
  double value_ = 0, excess_ = 0, rest_ = 0;
};

void add_uncertainty(MetricValue& out, const NumberView& reference, Path& path, double n) {
  const double rows = static_cast<double>(reference.finite);
  out.null = metrics::null_terms(reference)->area.spread(n, rows);
  out.p_value = metrics::null_tail(out.null, out.value * out.value);
  path.finish();
  metrics::set_path_interval(out, path, std::numeric_limits<double>::infinity());
}

/// The sum over the open cells. The outermost ones end at the smallest and at the largest value of both.
MetricValue distance(const NumberView& reference, const NumberView& chunk) {
  const std::span<const double> edges = chunk.column->partition.edges();
  const double lowest = std::min(reference.state->moments.minimum, chunk.state->moments.minimum);
  const double highest = std::max(reference.state->moments.maximum, chunk.state->moments.maximum);
  const double reference_rows = static_cast<double>(reference.finite);
  const double chunk_rows = static_cast<double>(chunk.finite);
  std::int64_t below_reference = 0;
  std::int64_t below_chunk = 0;
  double start = 0;
  Area total;
  Path path(chunk_rows, reference_rows, metrics::null_terms(reference)->area.moments(chunk_rows, reference_rows));
  for (std::size_t at = 0; at < chunk.counts.size(); ++at) {
    below_reference += reference.counts[at];
    below_chunk += chunk.counts[at];
    const double end =
        static_cast<double>(below_reference) / reference_rows - static_cast<double>(below_chunk) / chunk_rows;
    const bool empty = reference.counts[at] == 0 && chunk.counts[at] == 0;
    if (at % 2 == 0 && !(empty && start == 0)) {
      const std::size_t open = at / 2;
      const double left = open == 0 ? std::min(lowest, edges[0]) : edges[open - 1];
      const double right = open == edges.size() ? std::max(highest, left) : edges[open];
      const Area area = area_of({left, right, start, end, static_cast<double>(reference.counts[at]) / reference_rows,
                                 static_cast<double>(chunk.counts[at]) / chunk_rows,
                                 mean_in(reference, at, left, right), mean_in(chunk, at, left, right)});
      total.value += area.value;
      total.error += area.error;
      path.add(right - left,
               (static_cast<double>(below_reference) - static_cast<double>(reference.counts[at]) / 2) / reference_rows,
               (static_cast<double>(below_chunk) - static_cast<double>(chunk.counts[at]) / 2) / chunk_rows);
    }
    start = end;
  }
  MetricValue out = metrics::value_of(total.value);
  if (std::isfinite(total.error)) out.resolution = total.error;
  add_uncertainty(out, reference, path, chunk_rows);
  return out;
}

MetricValue compute(const MetricInput& input) {
  return metrics::with_number_pair(input, [](const NumberView& reference, const NumberView& chunk) {
    if (chunk.present() != chunk.finite) return MetricValue::undefined("infinite values in the chunk");
    if (reference.present() != reference.finite) return MetricValue::undefined("infinite values in the reference");
    return distance(reference, chunk);
  });
}

}  // namespace

LONGWATCH_METRIC(wasserstein)
const Metric metric_wasserstein = {
    .name = "wasserstein",
    .summary =
        "Mean distance, in the column's unit, that the reference's values would have to move to become the chunk's.",
    .source = "scipy.stats.wasserstein_distance",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::continuous,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
};

}  // namespace longwatch
