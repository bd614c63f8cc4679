#pragma once
// Private to the metrics: order statistics and quantiles from the counts of a partition.

#include "engine/metrics/location.hpp"

namespace longwatch::metrics {

/// The quantile at `level` (0 ... 1) of a view with finite values, as numpy.quantile (linear interpolation between
/// order statistics). Exact where the order statistics are atoms, alone in their cell or the extremes; else
/// `resolution` is the width of their cells. Standard error: half the distance of the quantiles one standard error of
/// the rank away (Woodruff 1952); NaN where those lie beyond the data. The interval "woodruff" lies between the order
/// statistics 1.96 standard errors of the rank away, and is unknown where there are none. O(cells).
MetricValue quantile_of(const NumberView& view, double level);

/// `answer` (of a chunk of `n` finite values) with the spread of quantiles of so many values of the reference:
/// Woodruff's on the reference, with 1/n + 1/N; the larger of those from one and from 2.58 standard errors of the rank,
/// so that a step of the distribution (zeros, whole numbers) nearby is seen.
MetricValue against_quantile(MetricValue answer, const NumberView& reference, std::int64_t n, double level);

}  // namespace longwatch::metrics
