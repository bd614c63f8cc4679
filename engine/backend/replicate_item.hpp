#pragma once
// Work items of the table bootstrap: tables in, what their replicates say out.

#include <cstdint>

#include "engine/state/replicate_cell.hpp"

namespace longwatch {

/// Places of the random numbers of labels and map begin here; an estimate has at most half as many cells.
inline constexpr std::int64_t kMostEstimatedCells = std::int64_t{1} << 19;

/// Replicates [first, first + count) of one outcome table. The numbers of a replicate depend on `key` and its own
/// number alone, so any cut of a table's replicates gives the same bits. Borrowed arrays; cells are in decreasing order
/// of score.
struct ReplicateItem {
  row::Draw draw = row::Draw::rows;
  std::uint64_t key = 0;
  std::int64_t first = 0;
  std::int64_t count = 0;

  std::int64_t cells = 0;                         ///< may be 0: a confusion matrix alone
  const row::RealizedCell* realized = nullptr;    ///< of Draw::rows
  const row::EstimatedCell* estimated = nullptr;  ///< of the others: at most kMostEstimatedCells
  const row::MapShare* shares = nullptr;          ///< in the order of the cells, each cell's blocks increasing
  std::int64_t share_count = 0;
  const double* deviations = nullptr;  ///< by block: the standard deviation of its level
  std::int64_t blocks = 0;
  row::MapNoise noise{};  ///< without blocks
  /// Rows without a score, by row::Outcome: drawn with Draw::rows, else kept as they are.
  double unscored[row::kOutcomes] = {};

  row::OutcomeMasses* masses = nullptr;  ///< by replicate of this item; null: not wanted
  double* scores[row::kScores] = {};     ///< likewise; NaN where a metric is undefined
};

}  // namespace longwatch
