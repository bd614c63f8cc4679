#pragma once
// Intervals of metrics whose rows are independent only from block to block: the jackknife that leaves out a group of
// blocks at a time.

#include <span>

#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {

/// Fewer groups say too little of how they differ.
inline constexpr int kLeastGroups = 5;

/// The metric without one group of blocks; NaN where it is undefined then.
struct LeftOut {
  double value = kNaN;
  double rows = 0;  ///< that are left
};

/// Replaces standard_error and ci_* of `out`, the metric's value of a cell of `rows` rows, by those of the
/// delete-a-group jackknife (Kott 2001): variance (G - 1) / G sum (without_g - mean)^2, Student's quantile of G - 1
/// degrees, on the logit scale where the metric has both bounds, on the log scale where it lies above 0. G counts the
/// groups without which the value changes. Fewer than kLeastGroups, all with the same change, or one without which the
/// metric is undefined: no interval, and interval_method "too_few_blocks". Values that the groups add up to (counts,
/// totals) are held at `rows` rows. Estimates: learned_bias is taken off, learned_variance added. Distances of columns:
/// of the square, less the bias that the jackknife finds; lower bound 0 where that is within chance. `reference_rows`:
/// of the segment. O(groups).
void set_block_interval(const Metric& metric, std::span<const LeftOut> without, double rows, double reference_rows,
                        MetricValue& out);

}  // namespace longwatch::metrics
