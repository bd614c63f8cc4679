#pragma once
// Private to the performance metrics: intervals of metrics of several classes.

#include "engine/metrics/class_error.hpp"

namespace longwatch::metrics {

/// Fills standard_error, ci_*, pi_* of an estimate, interval_method and null of a value (`out.value`). Members
/// stay NaN where they are not known. Shares: Wilson's interval with the number of rows that gives their delta-method
/// variance ("wilson"); areas under ROC curves: "logit_delong"; else "delta". An estimate's intervals include the
/// calibration maps' error, as large as that of the labels of as many rows as the reference has labels.
void add_class_interval(const MetricInput& input, bool estimated, const Functional& functional, Average average,
                        MetricValue& out);

/// The same of any function of the confusion matrix, by its gradient, without null: "delta", symmetric.
void add_matrix_interval(const ClassesView& view, bool estimated, const std::vector<double>& gradient,
                         MetricValue& out);

/// The same, but for null, of a share of rows (`out.value` / `scale`), by its variances: Wilson's interval; where that
/// says nothing, of a share of `denominator` rows. `scale`: the value is so many times the share.
void add_share_interval(const ClassesView& view, bool estimated, const ClassError& error, double denominator,
                        double scale, MetricValue& out);

}  // namespace longwatch::metrics
