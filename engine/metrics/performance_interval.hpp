#pragma once
// Intervals of performance metrics: of realized values from the rows behind them, of estimates from their rows, their
// labels still to come and the calibration map.

#include "engine/metrics/interval_recipe.hpp"
#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {

/// Fills standard_error, ci_*, interval_method, events and null.error of a realized value (`out.value`, of `table`).
/// `reference`: the realized table of the same segment's reference, or null. Members stay NaN where the interval is not
/// known. O(scores); O(1) for functions of the confusion matrix.
void add_realized_interval(const IntervalRecipe& recipe, const OutcomeTable& table, const OutcomeTable* reference,
                           double level, MetricValue& out);

/// The same of an estimate, and pi_*: an interval of the realized value of these very rows. ci_* and pi_* include the
/// calibration map's uncertainty.
void add_estimated_interval(const IntervalRecipe& recipe, const ClassifierView& view, const ClassifierView* reference,
                            double level, MetricValue& out);

}  // namespace longwatch::metrics
