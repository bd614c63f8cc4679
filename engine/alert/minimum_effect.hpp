#pragma once
// How large a change must be to be worth an alert, however sure it is.

#include "engine/metrics/metric.hpp"

namespace longwatch {

/// Changes that a shift of the column's mean by a tenth of its standard deviation makes (half of what Cohen 1988 calls
/// small), or 0.005 of a performance metric between 0 and 1, count as worth an alert:
///  - the metric's own `minimum_effect` where it has one;
///  - performance and business: 0.005 where the metric lies between 0 and 1, else 1 % of the reference's value;
///  - else a tenth of the standard deviation that one row contributes, from the null spread: error / sqrt(1/n + 1/N).
/// Chi-squared: 0.01 n N / (n + N), Cohen's w = 0.1. Distances in the column's unit (Wasserstein): a tenth of `deviation`, the column's standard deviation.
/// `rows` of the chunk, `reference_rows` of the reference.
double default_minimum_effect(const Metric& metric, const MetricValue& value, double rows, double reference_rows,
                              double deviation);

/// How far a value lies from what the reference lets expect. Of distances: the root of what the square exceeds its mean
/// without drift by; of divergences that excess itself. `centre`: for values whose null spread does not say.
double effect_of(const MetricValue& value, double centre);

}  // namespace longwatch
