// Benjamini and Hochberg's step-up procedure.
#include "engine/alert/multiple_tests.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace longwatch {

std::vector<double> q_values(std::span<const double> p_values) {
  std::vector<double> out(p_values.size(), std::numeric_limits<double>::quiet_NaN());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (!std::isnan(p_values[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  const double tests = static_cast<double>(order.size());
  double least = 1;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const std::size_t at = order[rank - 1];
    least = std::min(least, p_values[at] * tests / static_cast<double>(rank));
    out[at] = least;
  }
  return out;
}

}  // namespace longwatch
