#pragma once
// Which rows trees are grown on, and in which order: the same however the rows lie in their files.

#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/trees/booster.hpp"
#include "engine/trees/tree_rows.hpp"

namespace longwatch {

/// 128 bits of hash of a row: equal keys are taken for equal rows (of n rows, two differ with a chance of n^2 / 2^129).
struct RowKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const RowKey&) const = default;
  /// Takes one more number of the row in. NaN equals NaN.
  void add(double value);
};

/// A row of a source that may be chosen.
struct Candidate {
  RowKey key;
  std::uint32_t row = 0;   ///< in the source
  std::int32_t group = 0;  ///< whatever the caller puts together: a chunk's slot
};

/// Reads all rows once, row groups in parallel on the calling arena, and returns a candidate for each that `candidate`
/// accepts; it sets the key. In no order. 24 bytes a row. Errors: the readers'; cancelled; more rows than 2^32 - 2.
Result<std::vector<Candidate>> find_candidates(
    const Source& source, const ChunkPlan& chunks, const SegmentPlan* segments, const TreeColumns& columns,
    const std::function<bool(const TreeRows& rows, std::int64_t at, Candidate& out)>& candidate,
    const Control& control);

/// Sorts the candidates by key and keeps `most` of them, evenly spaced, or all. Equal rows are interchangeable and are
/// thinned as the others are. O(n log n).
void thin(std::vector<Candidate>& candidates, std::size_t most);

/// The chosen rows, in the order given. Reads the source once.
Result<RowMatrix> gather_rows(const Source& source, const ChunkPlan& chunks, const TreeColumns& columns,
                              std::span<const Candidate> chosen, const Control& control);

/// The rows of fold `fold` of `folds`, or those of all others: every `folds`-th row of rows in the order of their keys.
std::vector<std::int32_t> fold_rows(std::int32_t rows, int fold, int folds, bool inside);

}  // namespace longwatch
