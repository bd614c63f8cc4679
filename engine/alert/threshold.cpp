// Thresholds: rules by name, limits from the reference's chunks.
#include "engine/alert/threshold.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/base/text.hpp"

namespace longwatch {

namespace {

/// The last entry of the configuration that names the metric and the column; null where none does.
const ThresholdEntry* entry_for(const ModelConfig& model, const Metric& metric, const std::string& column,
                                std::size_t variant) {
  const bool custom = metric.name == "custom" && variant < model.custom_metrics.size();
  const auto matches = [&](const ThresholdEntry& entry) {
    const bool named = glob_match(entry.metric, metric.name) ||
                       (custom && glob_match(entry.metric, model.custom_metrics[variant].name));
    return named && (entry.column.empty() || glob_match(entry.column, column));
  };
  const auto found = std::find_if(model.thresholds.rbegin(), model.thresholds.rend(), matches);
  return found == model.thresholds.rend() ? nullptr : &*found;
}

/// Mean and population standard deviation, about the first value, so that equal values have a deviation of exactly 0.
struct Spread {
  double mean;
  double deviation;
};

Spread spread_of(std::vector<double> values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  // Squares of huge values would overflow: those are brought down by a power of two first.
  const double factor = largest > 1e100 ? std::ldexp(1.0, -std::ilogb(largest)) : 1;
  for (double& value : values) value *= factor;
  const double n = static_cast<double>(values.size());
  double shift = 0;
  for (const double value : values) shift += value - values.front();
  shift /= n;
  double squares = 0;
  for (const double value : values) {
    const double distance = value - values.front() - shift;
    squares += distance * distance;
  }
  return {(values.front() + shift) / factor, std::sqrt(squares / n) / factor};
}

/// numpy.quantile, linear, of sorted values.
double quantile_of(const std::vector<double>& sorted, double level) {
  const double position = std::clamp(level, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const std::size_t below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

FittedThreshold unlearned() { return {kNaN, kNaN, "insufficient_data"}; }

FittedThreshold from_deviation(const ThresholdRule& rule, const std::vector<double>& values) {
  if (values.size() < 2) return unlearned();
  const Spread spread = spread_of(values);
  return {rule.lower ? spread.mean - *rule.lower * spread.deviation : kNaN,
          rule.upper ? spread.mean + *rule.upper * spread.deviation : kNaN, "ok"};
}

FittedThreshold from_quantiles(const ThresholdRule& rule, std::vector<double> values) {
  if (values.empty()) return unlearned();
  std::sort(values.begin(), values.end());
  return {rule.lower ? quantile_of(values, *rule.lower) : kNaN, rule.upper ? quantile_of(values, *rule.upper) : kNaN,
          "ok"};
}

FittedThreshold unclipped(const ThresholdRule& rule, std::span<const double> reference_values) {
  if (rule.kind == ThresholdKind::constant) return {rule.lower.value_or(kNaN), rule.upper.value_or(kNaN), "ok"};
  std::vector<double> values;
  std::copy_if(reference_values.begin(), reference_values.end(), std::back_inserter(values),
               [](double value) { return std::isfinite(value); });
  return rule.kind == ThresholdKind::quantile ? from_quantiles(rule, std::move(values)) : from_deviation(rule, values);
}

}  // namespace

std::optional<ThresholdRule> rule_for(const ModelConfig& model, const Metric& metric, const std::string& column,
                                      std::size_t variant) {
  if (const ThresholdEntry* entry = entry_for(model, metric, column, variant)) return entry->rule;
  switch (metric.threshold) {
    case DefaultThreshold::null_both:
    case DefaultThreshold::null_upper:
      return ThresholdRule{ThresholdKind::null, std::nullopt, std::nullopt};
    case DefaultThreshold::upper_zero:
      return ThresholdRule{ThresholdKind::constant, std::nullopt, 0.0};
    case DefaultThreshold::none:
      break;
  }
  return std::nullopt;
}

Sides sides_of(const Metric& metric) {
  const bool upper = metric.threshold == DefaultThreshold::null_upper ||
                     metric.threshold == DefaultThreshold::upper_zero || metric.family == Family::univariate_drift;
  return upper ? Sides::upper : Sides::both;
}

FittedThreshold fit_threshold(const ThresholdRule& rule, const Metric& metric,
                              std::span<const double> reference_values) {
  FittedThreshold fitted = unclipped(rule, reference_values);
  if (fitted.lower < metric.least) fitted.lower = metric.least;
  if (fitted.upper > metric.greatest) fitted.upper = metric.greatest;
  return fitted;
}

bool outside(double value, const FittedThreshold& threshold) {
  return value < threshold.lower || value > threshold.upper;
}

}  // namespace longwatch
