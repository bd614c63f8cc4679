#pragma once
// The forms of an interval, given what is known of an estimator's error.

#include "engine/metrics/normal.hpp"

namespace longwatch::metrics {

struct Interval {
  double lower = 0;
  double upper = 0;
};

/// Second, third and fourth cumulant of an estimator's error, to first order: sums over the rows of powers of their
/// influence.
struct ErrorMoments {
  double variance = 0;
  double third = 0;
  double fourth = 0;  ///< sum of fourth powers
};

/// Wilson's interval of a proportion of `count` in `n` > 0 (they need not be whole) (Wilson 1927).
Interval wilson(double count, double n, double z);

/// value +- z errors on the scale of logit((x - least) / (greatest - least)); plain where the value is at an end.
Interval on_logit_scale(double value, double error, double least, double greatest, double z);

/// The interval of a mean whose error is skewed: Student's quantile with Hall's cubic transformation (Hall 1992, "On
/// the removal of skewness by transformation", equation 2.5, of the studentised statistic).
Interval skewed_student(double value, const ErrorMoments& error, double t);

/// Degrees of freedom of an estimated variance (Satterthwaite 1946): 2 variance^2 / its own variance, at least 2.
/// `known`: what is added to the variance without being estimated from these rows.
double degrees_of_freedom(const ErrorMoments& error, double rows, double known = 0);

/// value + sd (z + (z^2 - 1) skewness / 6) at both ends: an error of known variance and skewness (Cornish and Fisher).
Interval cornish_fisher(double value, double variance, double third, double z);

}  // namespace longwatch::metrics
