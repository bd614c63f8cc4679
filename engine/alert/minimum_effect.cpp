// Default sizes of changes worth an alert.
#include "engine/alert/minimum_effect.hpp"

#include <algorithm>
#include <cmath>

namespace longwatch {

namespace {

constexpr double kOfDeviation = 0.1;
constexpr double kOfPerformance = 0.005;
constexpr double kOfValue = 0.01;

bool is_performance(const Metric& metric) {
  return metric.family == Family::estimated_performance || metric.family == Family::realized_performance ||
         metric.family == Family::business;
}

}  // namespace

double default_minimum_effect(const Metric& metric, const MetricValue& value, double rows, double reference_rows,
                              double deviation) {
  if (std::isfinite(metric.minimum_effect)) return metric.minimum_effect;
  const NullSpread& null = value.null;
  if (is_performance(metric)) {
    if (metric.least == 0 && metric.greatest == 1) return kOfPerformance;
    return std::isfinite(null.expected) ? kOfValue * std::abs(null.expected) : 0;
  }
  if (std::isfinite(null.mean) && null.power == 1)  // chi-squared: Cohen's w, squared
    return kOfDeviation * kOfDeviation * rows * reference_rows / (rows + reference_rows);
  if (std::isfinite(null.mean)) return std::isfinite(deviation) ? kOfDeviation * deviation : 0;
  if (!std::isfinite(null.error) || rows <= 0 || reference_rows <= 0) return 0;
  return kOfDeviation * null.error / std::sqrt(1 / rows + 1 / reference_rows);
}

double effect_of(const MetricValue& value, double centre) {
  const NullSpread& null = value.null;
  if (std::isfinite(null.mean)) {
    const double square = null.power == 1 ? value.value : std::pow(value.value, null.power);
    return std::pow(std::max(0.0, square - null.mean), 1 / null.power);
  }
  return std::abs(value.value - (std::isfinite(null.expected) ? null.expected : centre));
}

}  // namespace longwatch
