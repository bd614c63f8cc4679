// Standard errors, intervals and null spreads of means, deviations, rates and counts.
#include "engine/metrics/location.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace longwatch::metrics {

namespace {

/// t with Hall's transformation undone: the value of (mean - m) / error, m the population's mean, whose transformed
/// value is u. g = skewness / sqrt(n).
double undo_skewness(double u, double g) {
  if (std::abs(g) < 1e-6) return u;
  return 3 / g * (std::cbrt(1 + g * (u - g / 6)) - 1);
}

/// The part of a rate's null variance that stands for small counts, in rows.
constexpr double kRowsOfSlack = 0.75;

}  // namespace

double t975(double freedom) {
  if (freedom < 1.5) return std::tan(std::numbers::pi * 0.475);
  if (freedom < 2.5) return 0.95 * std::sqrt(2 / (1 - 0.95 * 0.95));
  const double z = kNormal975, z2 = z * z;
  const double first = z * (z2 + 1) / 4;
  const double second = z * ((5 * z2 + 16) * z2 + 3) / 96;
  const double third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  const double fourth = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
  return z + (first + (second + (third + fourth / freedom) / freedom) / freedom) / freedom;
}

double error_of_mean(const Moments& moments) {
  return moments.n < 2 ? kNaN : std::sqrt(moments.variance / static_cast<double>(moments.n));
}

double error_of_deviation(const Moments& moments) {
  if (moments.n < 2) return kNaN;
  if (moments.variance == 0) return 0;
  const double n = static_cast<double>(moments.n);
  const double of_variance = (moments.fourth - (n - 3) / (n - 1) * moments.variance * moments.variance) / n;
  return std::sqrt(std::max(0.0, of_variance) / moments.variance) / 2;
}

MetricValue mean_of(const Moments& moments) {
  MetricValue out = value_of(moments.mean, error_of_mean(moments));
  if (moments.n < 2 || !std::isfinite(out.standard_error)) return out;
  const double n = static_cast<double>(moments.n);
  const double skewness = moments.third / moments.variance / std::sqrt(moments.variance);
  const double g = std::isfinite(skewness) ? skewness / std::sqrt(n) : 0;
  const double t = t975(n - 1);
  out.ci_lower = moments.mean - out.standard_error * undo_skewness(t, g);
  out.ci_upper = moments.mean - out.standard_error * undo_skewness(-t, g);
  out.interval_method = g == 0 ? "t" : "skew_t";
  return out;
}

MetricValue deviation_of(double deviation, const Moments& moments) {
  MetricValue out = value_of(deviation, error_of_deviation(moments));
  if (moments.n < 2 || !std::isfinite(out.standard_error)) return out;
  const double width = deviation > 0 ? t975(static_cast<double>(moments.n) - 1) * out.standard_error / deviation : 0;
  out.ci_lower = deviation * std::exp(-width);
  out.ci_upper = deviation * std::exp(width);
  out.interval_method = "log_delta";
  return out;
}

MetricValue against_mean(MetricValue answer, double n, const Moments& reference) {
  if (reference.n < 2) return answer;
  answer.null.error = std::sqrt(reference.variance * (1 / n + 1 / static_cast<double>(reference.n)));
  answer.null.expected = reference.mean;
  return answer;
}

MetricValue against_deviation(MetricValue answer, double n, const Moments& reference) {
  if (reference.n < 2) return answer;
  const double rows = static_cast<double>(reference.n);
  answer.null.error = error_of_deviation(reference) * std::sqrt(1 + rows / n);
  answer.null.expected = std::sqrt(reference.variance);
  return answer;
}

MetricValue times(MetricValue answer, double factor) {
  for (double* part : {&answer.value, &answer.standard_error, &answer.ci_lower, &answer.ci_upper, &answer.null.error,
                       &answer.null.expected}) {
    *part *= factor;
  }
  return answer;
}

MetricValue in_rows(MetricValue answer, std::int64_t rows) {
  MetricValue out = times(std::move(answer), static_cast<double>(rows));
  out.value = std::round(out.value);
  return out;
}

MetricValue rate_of(std::int64_t count, std::int64_t rows) {
  const double n = static_cast<double>(rows);
  const double rate = static_cast<double>(count) / n;
  MetricValue out = value_of(rate, std::sqrt(rate * (1 - rate) / n));
  const double z2 = kNormal975 * kNormal975;
  const double centre = (rate + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kNormal975 / (1 + z2 / n) * std::sqrt(rate * (1 - rate) / n + z2 / (4 * n * n));
  out.ci_lower = count == 0 ? 0 : std::max(0.0, centre - half);
  out.ci_upper = count == rows ? 1 : std::min(1.0, centre + half);
  out.interval_method = "wilson";
  return out;
}

MetricValue against_rate(MetricValue answer, std::int64_t rows, std::int64_t count, std::int64_t reference_rows) {
  const double n = static_cast<double>(rows);
  const double total = static_cast<double>(reference_rows);
  const double rate = (static_cast<double>(count) + 0.5) / (total + 1);
  const double slack = kRowsOfSlack / n;
  answer.null.error = std::sqrt(rate * (1 - rate) * (1 / n + 1 / total) + slack * slack);
  answer.null.expected = static_cast<double>(count) / total;
  return answer;
}

const CountsState* reference_counts(const MetricInput& input) {
  if (input.reference_numbers != nullptr) return &input.reference_numbers->state->counts;
  return input.reference_categories != nullptr ? &input.reference_categories->state->counts : nullptr;
}

}  // namespace longwatch::metrics
