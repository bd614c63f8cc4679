#pragma once
// Many tests at once: the share of false ones among those that are called significant.

#include <span>
#include <vector>

namespace longwatch {

/// The q-value of each p-value: the least false discovery rate at which its test is among the discoveries (Benjamini
/// and Hochberg 1995): min over j >= i of m p_(j) / j, for m tests sorted by p; as scipy.stats.false_discovery_control.
/// A NaN is no test and stays NaN. Ties have one q-value, so the order of the tests does not matter. O(m log m).
std::vector<double> q_values(std::span<const double> p_values);

}  // namespace longwatch
