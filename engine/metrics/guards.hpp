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

/// Every answer passes here: a value that is no finite number never stands beside the status "ok".
inline MetricValue checked(MetricValue answer) {
  if (answer.status == "ok") {
    return std::isfinite(answer.value) ? answer : MetricValue::undefined("the value is beyond the range of a double");
  }
  answer.value = kNaN;
  return answer;
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

/// A rate of rows and its binomial standard error sqrt(p (1 - p) / n).
inline MetricValue rate_of(std::int64_t count, std::int64_t rows) {
  const double n = static_cast<double>(rows);
  const double rate = static_cast<double>(count) / n;
  return value_of(rate, std::sqrt(rate * (1 - rate) / n));
}

/// A count of rows and its binomial standard error sqrt(n p (1 - p)).
inline MetricValue count_of(std::int64_t count, std::int64_t rows) {
  const double n = static_cast<double>(rows);
  const double rate = static_cast<double>(count) / n;
  return value_of(static_cast<double>(count), std::sqrt(n * rate * (1 - rate)));
}

}  // namespace longwatch::metrics
