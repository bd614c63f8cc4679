#pragma once
// The state kinds of the CPU backend, one function each; backend.cpp wraps them. All run on the calling thread and may
// throw std::bad_alloc, which the caller turns into an Error.

#include "cpu/matrix_block.hpp"
#include "cpu/number_block.hpp"
#include "engine/backend/backend.hpp"

namespace longwatch::cpu {

/// Adds an item's rows into item.out with the given kernel.
Result<void> add_numbers(const NumberItem& item, NumberKernel kernel);

/// Adds an item's rows into item.out. Fails on a code that out->by_code has no room for.
Result<void> add_categories(const CategoryItem& item);

/// Counts an item's rows into item.out. O(n log n) for the sort.
Result<void> add_scores(const ScoreItem& item);

/// Adds an item's rows into item.out. O(n).
Result<void> add_residuals(const ResidualItem& item);

/// Adds an item's rows into item.out. Fails on a code beyond its dictionary or a class beyond the plan. O(rows K log
/// knots).
Result<void> add_classes(const ClassItem& item);

/// Adds z z' and z of the rows into `out`. O(rows F^2); memory about 8 F^2 bytes and a tile of rows.
Result<void> add_gram(const EncodedRows& rows, const MatrixKernels& kernels, GramState& out);

/// Writes |z - V V' z| of each row. O(rows F rank).
Result<void> write_row_errors(const EncodedRows& rows, const PcaBasis& pca, const MatrixKernels& kernels,
                              double* errors);

/// Writes what the item's replicates say. O(replicates x cells).
Result<void> write_replicates(const ReplicateItem& item);

}  // namespace longwatch::cpu
