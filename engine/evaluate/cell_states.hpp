#pragma once
// The states of one cell that the metrics of one column, or of the model, read; and those of a cell without one group
// of its blocks.

#include <cstdint>
#include <vector>

#include "engine/profile/profile.hpp"

namespace longwatch {

/// Borrowed; null: there are none.
struct CellStates {
  std::int64_t rows = 0;
  const NumberState* number = nullptr;
  const CategoryState* category = nullptr;
  const NumberState* reconstruction = nullptr;
  const ScoreState* scores = nullptr;
  const ClassState* classes = nullptr;
  const ResidualState* residuals = nullptr;
  const LossState* losses = nullptr;

  /// Of a column, or of the model (-1).
  static CellStates of(const StateTable& table, std::int32_t column, std::size_t cell);
};

/// The states of some cells put together.
class MergedCell {
 public:
  /// All cells have the same kinds of states.
  void add(const CellStates& cell);
  [[nodiscard]] CellStates states() const;

 private:
  CellStates kinds_;  // null where there are none; points elsewhere
  std::int64_t rows_ = 0;
  NumberState number_;
  CategoryState category_;
  NumberState reconstruction_;
  ScoreState scores_;
  ClassState classes_;
  ResidualState residuals_;
  LossState losses_;
};

/// A cell without one of its groups of blocks, for every group that has rows.
class LeaveOneOut {
 public:
  /// `first`: the cell of the chunk's first group. `table` is borrowed. O(groups x states), as next().
  LeaveOneOut(const StateTable& table, std::int32_t column, std::size_t first, std::int64_t groups);
  /// Leaves out the next group; false where there is none.
  bool next();
  /// Groups that have rows.
  [[nodiscard]] std::size_t size() const { return groups_.size(); }
  /// What is left; until the next call.
  [[nodiscard]] CellStates states() const { return left_.states(); }

 private:
  std::vector<CellStates> groups_;    // those with rows
  std::vector<MergedCell> from_end_;  // [i]: groups i and after
  MergedCell before_;                 // the groups before at_
  MergedCell left_;
  std::size_t at_ = 0;
};

}  // namespace longwatch
