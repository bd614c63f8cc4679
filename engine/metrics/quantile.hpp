#pragma once
// Private to the metrics: order statistics and quantiles from the counts of a partition.

#include "engine/metrics/guards.hpp"

namespace longwatch::metrics {

/// The quantile at `level` (0 ... 1) of a view with finite values, as numpy.quantile (linear interpolation between
/// order statistics). Exact where the order statistics are atoms, alone in their cell or the extremes; else
/// `resolution` is the width of their cells. Standard error: half the distance of the quantiles one standard error of
/// the rank away (Woodruff 1952); NaN where those lie beyond the data. O(cells).
MetricValue quantile_of(const NumberView& view, double level);

}  // namespace longwatch::metrics
