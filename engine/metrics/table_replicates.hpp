#pragma once
// Private to the bootstrap: the tables of a view made ready for a backend, and what their replicates say.

#include <optional>
#include <span>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/metrics/coarse_table.hpp"
#include "engine/metrics/table_bootstrap.hpp"

namespace longwatch::metrics {

/// A metric that is a mean loss, on cells of several scores: the mean loss of each cell's rows.
struct MeanLoss {
  std::vector<double> loss[2];  ///< of negatives and positives, by cell
  /// `coarse` is made of `fine`; recipe.loss is set. O(scores).
  static MeanLoss of(const IntervalRecipe& recipe, const OutcomeTable& fine, const CoarseTable& coarse);
  /// NaN without rows. O(cells).
  [[nodiscard]] double value(const OutcomeTable& table) const;
};

/// By replicate; empty where it was not wanted.
struct Draws {
  std::vector<row::OutcomeMasses> masses;
  std::vector<double> scores[row::kScores];
};

/// A table, what its replicates are drawn from, and what they say.
struct DrawnTable {
  CoarseTable coarse;
  std::vector<row::RealizedCell> realized;
  std::vector<row::EstimatedCell> estimated;
  std::vector<row::MapShare> shares;
  std::vector<double> deviations;
  row::MapNoise noise{};
  Draws draws;   ///< of the rows
  Draws labels;  ///< of an estimate: of these very rows
};

/// Those of one view. Where a table is set, its replicates were drawn, or are about to be.
struct TableReplicates {
  Resampling how;
  std::optional<DrawnTable> realized;  ///< scores alone
  std::optional<DrawnTable> matrix;    ///< the realized confusion matrix alone, exactly: four numbers
  std::optional<DrawnTable> estimate;
};

// What is to be drawn of a view, appended to `items`, which point into `to`. O(scores), and room for the replicates.
void plan_realized(const ClassifierView& view, TableReplicates& to, std::vector<ReplicateItem>& items);
void plan_matrix(const ClassifierView& view, TableReplicates& to, std::vector<ReplicateItem>& items);
void plan_estimate(const ClassifierView& view, TableReplicates& to, std::vector<ReplicateItem>& items);

/// Draws items on a backend: at once where it prefers that, else in parts on the threads of the calling arena. Same
/// bits either way.
Result<void> draw_replicates(Backend& backend, std::span<const ReplicateItem> items);

}  // namespace longwatch::metrics
