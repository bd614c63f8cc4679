// Quantile tables of the standard normal distribution.
#include "tools/synth/random.hpp"

#include <cmath>

namespace longwatch::synth {
namespace {

// The standard normal quantile by bisection of erfc.
double normal_quantile(double probability) {
  double low = -6;
  double high = 6;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::sqrt(2.0)) / 2 < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

const Quantiles& Quantiles::tables() {
  static const Quantiles quantiles;
  return quantiles;
}

Quantiles::Quantiles() {
  const double cells = 1 << kBits;
  for (std::size_t i = 0; i < normal_.size(); ++i) {
    const double probability = static_cast<double>(i) / cells;
    const double z = i == 0 ? -4.2 : i + 1 == normal_.size() ? 4.2 : normal_quantile(probability);
    normal_[i] = std::round(z * 0x1p24) * 0x1p-24;
    lognormal_[i] = std::round(std::exp(normal_[i]) * 0x1p24) * 0x1p-24;
  }
}

}  // namespace longwatch::synth
