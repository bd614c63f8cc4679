// Benjamini and Hochberg's step-up rule.
#include "engine/alert/false_discovery.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace longwatch {

std::vector<double> q_values(std::span<const double> p_values) {
  std::vector<std::size_t> order;
  order.reserve(p_values.size());
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (!std::isnan(p_values[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> out(p_values.size(), std::numeric_limits<double>::quiet_NaN());
  const auto tests = static_cast<double>(order.size());
  double least = 1;
  for (std::size_t at = order.size(); at > 0; --at) {
    least = std::min(least, p_values[order[at - 1]] * tests / static_cast<double>(at));
    out[order[at - 1]] = least;
  }
  return out;
}

}  // namespace longwatch
