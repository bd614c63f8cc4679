// The rules, one function each.
#include "engine/profile/fit_rules.hpp"

#include <cmath>
#include <limits>

namespace longwatch {

double scaler_deviation(long double mean, long double variance, std::int64_t rows) {
  constexpr long double kEpsilon = std::numeric_limits<double>::epsilon();
  const auto n = static_cast<long double>(rows);
  const long double noise = n * mean * kEpsilon;
  if (variance <= n * kEpsilon * variance + noise * noise) return 1;
  const auto deviation = static_cast<double>(std::sqrt(variance));
  return deviation < std::numeric_limits<double>::min() ? 1 : deviation;
}

}  // namespace longwatch
