// Total variation distance between reference and chunk.
#include "engine/metrics/additive.hpp"
#include "engine/metrics/path_interval.hpp"

namespace longwatch {
namespace {

using metrics::CellGroup;
using metrics::CellMoments;

/// |q - p| / 2 of one bin: enumerated, or of a normal difference where many rows are expected.
CellMoments half_difference(double n, const CellGroup& group, double rows) {
  const double share = group.expected / rows;
  if (n * share < metrics::kEnumerated)
    return metrics::cell_moments(n, group, rows, [&](double x) { return std::abs(x / n - group.count / rows) / 2; });
  const double variance = share * (1 - share) * (1 / n + 1 / rows) / 4;
  const double mean = std::sqrt(variance * 2 / std::numbers::pi);
  return {mean, variance * (1 - 2 / std::numbers::pi), 0, mean / 2};
}

/// Mean and variance of the distance of a chunk of n rows without drift.
metrics::PathMoments without_drift(const metrics::NullCells& cells, double n) {
  metrics::MultinomialSum sum(n, cells.rows);
  for (const CellGroup& group : cells.groups)
    sum.add(half_difference(n, group, cells.rows), group.expected / cells.rows, group.cells);
  return {sum.mean(), sum.variance()};
}

/// The largest variance of the difference in the share of any set of bins, times n N / (n + N).
double largest_variance(const metrics::NullCells& cells) {
  double largest = 0;
  for (const CellGroup& group : cells.groups) largest = std::max(largest, group.expected / cells.rows);
  return largest > 0.5 ? largest * (1 - largest) : 0.25;
}

/// A bin that differs: its difference in units of its error.
struct Difference {
  double q, p, error, z;
};

/// What the distance of samples does about a population on the path.
class Path {
 public:
  Path(const metrics::BinnedPair& pair, metrics::PathMoments null)
      : n_(static_cast<double>(pair.chunk_rows)), rows_(static_cast<double>(pair.reference_rows)), null_(null) {
    pair.for_each_share([&](double p, double q) {
      const double pooled = (n_ * q + rows_ * p) / (n_ + rows_);
      if (pooled == 0) return;
      double variance = pooled * (1 - pooled) * (1 / n_ + 1 / rows_);
      if ((q - p) * (q - p) > 9 * variance) variance = q * (1 - q) / n_ + p * (1 - p) / rows_;
      const double error = std::sqrt(variance);
      cells_.push_back({q, p, error, error > 0 ? (q - p) / error : 0});
      value_ += std::abs(q - p) / 2;
      excess_ += error * metrics::fold_excess(0) / 2;
      rest_ += variance * metrics::fold_rest(0) / 4;
    });
  }

  metrics::PathMoments operator()(double t) const {
    double excess = 0, rest = 0;
    metrics::SlopeSums of_q, of_p;
    for (const Difference& cell : cells_) {
      const double z = t * cell.z;
      const double slope = metrics::fold_slope(z) / 2;
      excess += cell.error * metrics::fold_excess(z) / 2;
      rest += cell.error * cell.error * metrics::fold_rest(z) / 4;
      of_q.add(cell.q, slope);
      of_p.add(cell.p, slope);
    }
    const double more = excess_ > 0 ? null_.mean / excess_ : 1;
    const double wider = rest_ > 0 ? null_.variance / rest_ : 1;
    return {t * value_ + excess * more, of_q.variance(n_) + of_p.variance(rows_) + rest * wider};
  }
  [[nodiscard]] double value() const { return value_; }

 private:
  double n_, rows_;
  metrics::PathMoments null_;
  std::vector<Difference> cells_;
  double value_ = 0, excess_ = 0, rest_ = 0;
};

MetricValue distance(const metrics::BinnedPair& pair) {
  const double n = static_cast<double>(pair.chunk_rows);
  const metrics::NullCells& cells = pair.null_terms->bins;
  const metrics::PathMoments null = without_drift(cells, n);
  const Path path(pair, null);
  MetricValue out = metrics::value_of(std::min(1.0, path.value()));
  out.null = metrics::null_of_square(null.mean, null.variance, 2 * largest_variance(cells) * (1 / n + 1 / cells.rows));
  out.p_value = metrics::null_tail(out.null, out.value * out.value);
  metrics::set_path_interval(out, path, 1);
  return out;
}

MetricValue compute(const MetricInput& input) { return metrics::with_bins(input, distance); }

}  // namespace

LONGWATCH_METRIC(total_variation)
const Metric metric_total_variation = {
    .name = "total_variation",
    .summary =
        "Share of rows that would have to change bin to turn the reference into the chunk, on the bins of "
        "jensen_shannon.",
    .source = "half the L1 distance of the shares",
    .family = Family::univariate_drift,
    .applies_to = AppliesTo::both,
    .least = 0,
    .greatest = 1,
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_upper,
    .compute = compute,
    .minimum_effect = 0.04,
};

}  // namespace longwatch
