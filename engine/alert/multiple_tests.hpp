#pragma once
// Many tests at once: which p-values still say something.

#include <span>
#include <vector>

namespace longwatch {

/// q-values of Benjamini and Hochberg (1995): q_i = min over p_j >= p_i of p_j m / rank_j, at most 1. Calling those with
/// q <= x discoveries keeps the expected share of false ones at or below x (independent tests, or positively dependent
/// ones). NaN p-values are no tests: they do not count, and their q is NaN. O(m log m).
std::vector<double> q_values(std::span<const double> p_values);

}  // namespace longwatch
