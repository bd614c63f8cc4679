#pragma once
// Private to the metrics: standard errors from the moments of the very rows that a value is of.

#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {

/// Of a mean: sd / sqrt(n). NaN for n < 2.
double error_of_mean(const Moments& moments);
/// Of a standard deviation: sqrt((mu4 - (n - 3) / (n - 1) sd^4) / n) / (2 sd) (Rao 1973); 0 where sd is 0, NaN for n
/// < 2.
double error_of_deviation(const Moments& moments);

}  // namespace longwatch::metrics
