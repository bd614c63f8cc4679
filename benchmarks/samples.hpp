#pragma once
// Columns as they come, for benchmarks: values of a distribution, and what the product learns from them.

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/profile/fit_columns.hpp"

namespace longwatch {

/// The names that draw() knows.
inline const std::vector<std::string>& distributions() {
  static const std::vector<std::string> names = {"normal", "lognormal", "zero_inflated", "integers", "constant", "few"};
  return names;
}

/// Values of a distribution, exact in float32: normal; lognormal; 30 % zeros and a gamma; whole numbers of a geometric
/// distribution (mean 100); one value; 12 values.
inline std::vector<double> draw(const std::string& name, std::size_t count, std::uint32_t seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::gamma_distribution<double> gamma(2.0, 10.0);
  std::geometric_distribution<int> geometric(1.0 / 101);
  std::vector<double> values(count);
  for (double& value : values) {
    double x = 0.5;
    if (name == "normal") x = normal(engine);
    if (name == "lognormal") x = std::exp(normal(engine));
    if (name == "zero_inflated") x = engine() % 10 < 3 ? 0 : gamma(engine);
    if (name == "integers") x = geometric(engine);
    if (name == "few") x = static_cast<double>(engine() % 12) * 0.25;
    value = static_cast<double>(static_cast<float>(x));
  }
  return values;
}

/// What the product learns from a reference of 100,000 such values, with its 1,024 quantiles.
inline ColumnProfile learn(const std::string& name) {
  std::vector<double> reference = draw(name, 100'000, 1);
  ColumnProfile profile;
  profile.column.integer = name == "integers";
  fit_numbers(reference, 0, 1024, profile);
  return profile;
}

}  // namespace longwatch
