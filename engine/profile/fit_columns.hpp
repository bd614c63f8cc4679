#pragma once
// Learns columns from the reference: partitions, moments plans, dictionaries, encodings, and the PCA from a Gram
// matrix.

#include <span>
#include <string>
#include <vector>

#include "engine/base/memory_budget.hpp"
#include "engine/base/result.hpp"
#include "engine/model/class_labels.hpp"
#include "engine/profile/profile.hpp"
#include "engine/profile/spread.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// Learns a continuous column from all its values in the reference (finite ones in `values`, any order; sorted in
/// place). `missing`: nulls, NaN and infinities. Fills partition, moments, doane_edges, quantile_edges, mean,
/// deviation, imputed. O(n log n).
void fit_numbers(std::vector<double>& values, std::int64_t missing, std::int64_t quantiles, ColumnProfile& profile);

/// NumPy's histogram_bin_edges(values, bins='doane') of sorted finite values and their spread; `integer` as NumPy
/// treats integer arrays.
std::vector<double> doane_edges(std::span<const double> sorted, const Spread& spread, bool integer);

/// The partition of sorted finite values: all distinct values where there are at most `quantiles`; else quantiles, the
/// 64 extreme order statistics of each side, geometric ranks between; then `doane`, the halves of the widest gaps (256
/// of them), and edges_beyond the range.
Partition fit_partition(std::span<const double> sorted, std::span<const double> doane, std::int64_t quantiles);

struct CategoryCount {
  std::string text;
  std::int64_t count = 0;
};
/// Learns a categorical column from its distinct values (any order). Fills categories, cut, mean, deviation, imputed,
/// shares.
void fit_categories(std::vector<CategoryCount> counts, std::int64_t missing, ColumnProfile& profile);

/// Reads every column of `columns` once from `source` and learns it; `profiles` come in the same order. Threads
/// of the calling arena hold a column each in memory, 8 bytes a row, as far as `budget` has room; one in any case.
/// `labels`: of a classifier, what the texts of its target and prediction stand for, which are their categories.
Result<std::vector<ColumnProfile>> fit_columns(const Source& source, const std::vector<ModelColumn>& columns,
                                               std::int64_t quantiles, MemoryBudget& budget,
                                               const LabelRule* labels = nullptr);

/// Principal components that keep `variance` (0 < variance < 1: the fewest whose cumulated share reaches it, as
/// scikit-learn's PCA) of the Gram matrix of standardised features. Signs: each component's largest |entry| is
/// positive.
PcaProfile fit_pca(const GramState& gram, std::vector<std::string> features, double variance);

}  // namespace longwatch
