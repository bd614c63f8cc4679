#pragma once
// Private to the metrics: standard errors, intervals and null spreads of means, deviations, rates and counts.

#include "engine/metrics/guards.hpp"
#include "engine/state/number_state.hpp"

namespace longwatch::metrics {

inline constexpr double kNormal975 = 1.959963984540054;  ///< the normal's 97.5 % quantile

/// The 97.5 % quantile of Student's t with `freedom` >= 1 degrees: exact for 1 and 2, else within 1e-4 of itself.
/// Source: Cornish and Fisher's expansion, Abramowitz and Stegun 26.7.5.
double t975(double freedom);

/// sd / sqrt(n); NaN for fewer than two values.
double error_of_mean(const Moments& moments);

/// Of the standard deviation with n - 1: sqrt((mu4 - (n - 3) / (n - 1) sd^4) / n) / (2 sd) (Rao 1973, 6a.2). 0 where
/// all values are equal, NaN for fewer than two.
double error_of_deviation(const Moments& moments);

/// The mean with the 95 % interval of the population's. Method "skew_t": t with Hall's cubic transformation, which
/// carries the skewness of the values (Hall 1992, "On the removal of skewness by transformation"); "t" where they have
/// none. No interval for fewer than two values.
MetricValue mean_of(const Moments& moments);

/// The standard deviation with its interval exp(ln sd -+ t error / sd), method "log_delta".
MetricValue deviation_of(double deviation, const Moments& moments);

/// `answer` (of a chunk of n values) with the spread of means of n values of the reference, sqrt(v (1/n + 1/N)), v the
/// reference's variance. Unchanged where the reference has fewer than two values.
MetricValue against_mean(MetricValue answer, double n, const Moments& reference);

/// The same for standard deviations.
MetricValue against_deviation(MetricValue answer, double n, const Moments& reference);

/// Multiplies a value and all that is known about it, as from a mean to a sum.
MetricValue times(MetricValue answer, double factor);
/// The count that a rate of `rows` rows stands for: times(answer, rows), with a whole value.
MetricValue in_rows(MetricValue answer, std::int64_t rows);

/// The rate count / rows with its standard error sqrt(p (1 - p) / n) and Wilson's interval (1927). `rows` > 0.
MetricValue rate_of(std::int64_t count, std::int64_t rows);

/// The spread of rates of `rows` rows where `count` of `reference_rows` had it in the reference:
/// sqrt(p (1 - p) (1/n + 1/N) + (0.75 / n)^2) with Jeffreys' p = (count + 1/2) / (N + 1), so that a rate of 0 in the
/// reference leaves room for a row. 0.75 of a row stands for the steps and the skewness of small counts: a normal limit
/// at 1 % is then passed by chance in at most 1.2 % of chunks, whatever the expected count.
MetricValue against_rate(MetricValue answer, std::int64_t rows, std::int64_t count, std::int64_t reference_rows);

/// count(counts) of the chunk as a rate of its rows, or as a count of rows where `as_count`, with everything known
/// about it. `reference`: the reference's counts; null without one.
template <class Count>
MetricValue share_of(const CountsState& chunk, const CountsState* reference, Count count, bool as_count) {
  MetricValue out = rate_of(count(chunk), chunk.rows);
  if (reference != nullptr && reference->rows > 0)
    out = against_rate(std::move(out), chunk.rows, count(*reference), reference->rows);
  return as_count ? in_rows(std::move(out), chunk.rows) : out;
}

/// The reference's counts of the column at hand; null without a reference.
const CountsState* reference_counts(const MetricInput& input);

}  // namespace longwatch::metrics
