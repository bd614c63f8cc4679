#pragma once
// Intervals of performance metrics: of realized values from the rows behind them, of estimates from their rows, their
// labels still to come and the calibration map.

#include "engine/metrics/interval_recipe.hpp"
#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {

/// Fills standard_error, ci_*, interval_method and null of a realized value (`out.value`, of `view.realized`).
/// `reference`: the view of the same segment's reference, or null. Members stay NaN where they are not known.
/// O(scores); O(1) for functions of the confusion matrix; once for every reference and recipe also O(scores of the
/// reference).
void add_realized_interval(const IntervalRecipe& recipe, const ClassifierView& view, const ClassifierView* reference,
                           double level, MetricValue& out);

/// The same of an estimate, and pi_*: an interval of the realized value of these very rows. ci_* and pi_* include the
/// calibration map's uncertainty, and are centred at the value less what the map gives too much on its own reference.
void add_estimated_interval(const IntervalRecipe& recipe, const ClassifierView& view, const ClassifierView* reference,
                            double level, MetricValue& out);

/// What the calibration map gives an estimate too much: its error on the reference that it was learned from; 0 where that
/// is not known.
double optimism_of(const IntervalRecipe& recipe, const ClassifierView& view, const ClassifierView* reference);

}  // namespace longwatch::metrics
