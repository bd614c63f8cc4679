// Standard errors of means and standard deviations.
#include "engine/metrics/moment_errors.hpp"

#include <algorithm>
#include <cmath>

namespace longwatch::metrics {

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

}  // namespace longwatch::metrics
