#pragma once
// Private to the metrics: what every metric checks before it computes, and what its answer is held to.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {

/// No value, for a reason.
inline MetricValue without_value(std::string status) {
  MetricValue out;
  out.status = std::move(status);
  return out;
}

inline MetricValue value_of(double value, double standard_error = kNaN) {
  MetricValue out;
  out.value = value;
  out.standard_error = std::isfinite(standard_error) ? standard_error : kNaN;
  return out;
}

/// NaN in place of what is beyond the range of a double, two by two: one end of an interval alone says nothing.
inline void drop_unless_finite(double& a, double& b) {
  if (!std::isfinite(a) || !std::isfinite(b)) a = b = kNaN;
}

/// Every answer passes here: a value that is no finite number never stands beside the status "ok".
inline MetricValue checked(MetricValue answer) {
  if (answer.status == "ok") {
    if (!std::isfinite(answer.value)) return MetricValue::undefined("the value is beyond the range of a double");
    if (!std::isfinite(answer.standard_error)) answer.standard_error = kNaN;
    drop_unless_finite(answer.ci_lower, answer.ci_upper);
    if (std::isnan(answer.ci_lower)) answer.interval_method = "";
    drop_unless_finite(answer.null.error, answer.null.expected);
    drop_unless_finite(answer.null.mean, answer.null.variance);
    return answer;
  }
  answer.value = kNaN;
  return answer;
}

/// What chance does to a chunk of `rows` rows of the reference: `value` and `variance` are those of so many rows, and
/// the reference has its own error too.
inline void set_null(NullSpread& null, double value, double variance, double rows, double reference_rows) {
  null.expected = value;
  null.error = std::sqrt(variance * (1 + rows / reference_rows));
}

/// compute(counts) of a column of either kind; only the rows' counts are read, so unusable columns have them too.
template <class Compute>
MetricValue with_counts(const MetricInput& input, Compute compute) {
  if (input.numbers == nullptr && input.categories == nullptr) return MetricValue::undefined("no column");
  const CountsState& counts = input.numbers != nullptr ? input.numbers->state->counts : input.categories->state->counts;
  return counts.rows == 0 ? without_value("insufficient_data") : checked(compute(counts));
}

/// Why nothing but counts is known of a numeric column; empty where more is.
inline std::string unusable(const NumberView& view) {
  if (!view.column->usable.empty()) return view.column->usable;
  return view.column->partition.edges().empty() ? "undefined: no finite value in the reference" : "";
}

/// compute(view) of a numeric column with at least `least` finite values.
template <class Compute>
MetricValue with_numbers(const MetricInput& input, std::int64_t least, Compute compute) {
  if (input.numbers == nullptr) return MetricValue::undefined("the column is not continuous");
  if (std::string why = unusable(*input.numbers); !why.empty()) return without_value(std::move(why));
  if (input.numbers->finite < least) return without_value("insufficient_data");
  return checked(compute(*input.numbers));
}

/// compute(view) of a categorical column with at least `least` present values.
template <class Compute>
MetricValue with_categories(const MetricInput& input, std::int64_t least, Compute compute) {
  if (input.categories == nullptr) return MetricValue::undefined("the column is not categorical");
  if (!input.categories->column->usable.empty()) return without_value(input.categories->column->usable);
  if (input.categories->present < least) return without_value("insufficient_data");
  return checked(compute(*input.categories));
}

/// compute(reference, chunk) of a numeric column; both have present (finite or infinite) values.
template <class Compute>
MetricValue with_number_pair(const MetricInput& input, Compute compute) {
  if (input.numbers == nullptr) return MetricValue::undefined("the column is not continuous");
  if (std::string why = unusable(*input.numbers); !why.empty()) return without_value(std::move(why));
  if (input.reference_numbers == nullptr) return without_value("not_in_reference");
  if (input.numbers->present() == 0) return without_value("insufficient_data");
  if (input.reference_numbers->present() == 0) return MetricValue::undefined("no value in the reference");
  return checked(compute(*input.reference_numbers, *input.numbers));
}

/// compute(reference, chunk) of a categorical column; both have present values.
template <class Compute>
MetricValue with_category_pair(const MetricInput& input, Compute compute) {
  if (input.categories == nullptr) return MetricValue::undefined("the column is not categorical");
  if (!input.categories->column->usable.empty()) return without_value(input.categories->column->usable);
  if (input.reference_categories == nullptr) return without_value("not_in_reference");
  if (input.categories->present == 0) return without_value("insufficient_data");
  if (input.reference_categories->present == 0) return MetricValue::undefined("no value in the reference");
  return checked(compute(*input.reference_categories, *input.categories));
}

}  // namespace longwatch::metrics
