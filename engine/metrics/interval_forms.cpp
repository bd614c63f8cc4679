// Wilson, logit, Hall and Cornish-Fisher.
#include "engine/metrics/interval_forms.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace longwatch::metrics {

Interval wilson(double count, double n, double z) {
  const double p = count / n;
  const double s = z * z / n;
  const double middle = (p + s / 2) / (1 + s);
  const double half = z / (1 + s) * std::sqrt(p * (1 - p) / n + s / (4 * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Interval on_logit_scale(double value, double error, double least, double greatest, double z) {
  const double span = greatest - least;
  const double share = (value - least) / span;
  if (!(share > 0 && share < 1)) return {std::max(least, value - z * error), std::min(greatest, value + z * error)};
  const double middle = std::log(share / (1 - share));
  const double half = z * error / (span * share * (1 - share));
  return {least + span / (1 + std::exp(half - middle)), least + span / (1 + std::exp(-half - middle))};
}

double degrees_of_freedom(const ErrorMoments& error, double rows, double known) {
  const double of_variance = error.fourth - error.variance * error.variance / rows;
  const double variance = error.variance + known;
  if (!(of_variance > 0)) return std::numeric_limits<double>::infinity();  // all rows the same distance off
  return std::max(2.0, 2 * variance * variance / of_variance);
}

Interval skewed_student(double value, const ErrorMoments& error, double t) {
  const double sd = std::sqrt(error.variance);
  const double k = error.third / (error.variance * sd);
  if (!(std::abs(k) > 1e-9)) return {value - t * sd, value + t * sd};
  const auto inverse = [k](double x) { return 3 * (std::cbrt(1 + k * (x - k / 6)) - 1) / k; };
  return {value - sd * inverse(t), value - sd * inverse(-t)};
}

Interval cornish_fisher(double value, double variance, double third, double z) {
  if (!(variance > 0)) return {value, value};
  const double sd = std::sqrt(variance);
  const double shift = (z * z - 1) * third / (6 * variance * sd);
  return {value + sd * (shift - z), value + sd * (shift + z)};
}

}  // namespace longwatch::metrics
