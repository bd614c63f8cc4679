#pragma once
// Sorting of a column's values, and the order statistics that edges are made of.

#include <cstdint>
#include <span>
#include <vector>

namespace longwatch {

/// Sorts finite values in place; -0 becomes 0. O(n log n), some 8 ns a value for a million.
void sort_values(std::vector<double>& values);

/// round(part (n - 1) / parts), halves up: the rank (from 0) of a quantile among n sorted values.
std::size_t quantile_rank(std::int64_t part, std::int64_t parts, std::size_t n);

/// The deciles 1 ... 9 as order statistics, without repetitions. Empty for no values.
std::vector<double> decile_edges(std::span<const double> sorted);

/// Sorts and drops repetitions.
void make_distinct(std::vector<double>& values);

}  // namespace longwatch
