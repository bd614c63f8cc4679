#pragma once
// Limits that the user sets on a column, read from states.

#include "engine/config/config.hpp"
#include "engine/metrics/metric.hpp"

namespace longwatch {

/// How many rows break the constraint (max_null_rate: the missing rate). The status says why where it cannot be told,
/// e.g. in_set with more than 64 unseen values. NaN and null break only not_null and max_null_rate; an infinity breaks
/// in_range.
MetricValue check_numbers(const Constraint& constraint, const NumberView& view);
MetricValue check_categories(const Constraint& constraint, const CategoryView& view);

/// Beyond this the constraint is broken: 0 rows, or the rate.
double constraint_limit(const Constraint& constraint);

}  // namespace longwatch
