#pragma once
// Private to the performance metrics: how the error of a metric of several classes adds up over the rows.

#include <cstdint>
#include <vector>

#include "engine/metrics/class_average.hpp"

namespace longwatch::metrics {

/// Variances, to first order; NaN where they are not known. The state does not keep how the scores of two classes go
/// together, so errors of functions of scores are added up as if fully correlated: at most too large.
struct ClassError {
  double sampling = kNaN;  ///< of the value, from which rows there are
  double labels = 0;       ///< of an estimate: of the realized value of these rows about it
};

/// O(entries), of functions of the confusion matrix O(K^2), or O(K^3) of estimates up to kMaxProductClasses classes.
/// Source: the delta method on the multinomial confusion matrix; DeLong et al. 1988 for areas under ROC curves.
ClassError class_error(const ClassesView& view, bool estimated, const Functional& functional, Average average);

/// The same of any function of the confusion matrix, by its gradient (as class_gradient gives it). NaN where that is.
ClassError matrix_error(const ClassesView& view, bool estimated, const std::vector<double>& gradient);

/// What a class weighs in the weighted average: rows of its label; of functions of scores, those that have scores.
double label_weight(const OutcomeTable& table, bool ranked);

/// d value / d mass of every entry of the confusion matrix, as ClassMatrix::mass. Empty where it is not known.
std::vector<double> class_gradient(const ClassesView& view, bool estimated, const Functional& functional,
                                   Average average);

}  // namespace longwatch::metrics
