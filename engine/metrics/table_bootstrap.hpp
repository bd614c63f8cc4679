#pragma once
// The bootstrap of a performance metric: tables resampled, at a cost that does not depend on the rows.

#include "engine/backend/backend.hpp"
#include "engine/metrics/interval_recipe.hpp"
#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {

/// Scores are put into at most this many cells of about equal rows; replicates are centred at the exact value.
inline constexpr std::size_t kBootstrapCells = 512;

struct Resampling {
  std::int64_t replicates = 1000;
  double level = 0.95;
  std::uint64_t key = 0;  ///< of seed, model, segment and chunk
  Backend* backend = nullptr;  ///< draws them; not null
};

/// As a cell's model asks for it; its random numbers depend on seed, model and place. The model has a bootstrap.
Resampling resampling_of(const MetricInput& input);

/// What metrics of the families named will want of a view, to be drawn before they ask: appended to `items`, which
/// point into view.replicates. Tables without rows, or that performance may not be read from, are left out. O(scores).
void plan_replicates(const ClassifierView& view, const Resampling& how, bool realized, bool estimated,
                     std::vector<ReplicateItem>& items);

// The other functions keep their replicates in the view: the first metric of a cell draws them, the others of the same
// key read them. A recipe is one of scored_recipes() or a function of the confusion matrix. Not for two threads on one
// view. They fail where the backend does.

/// Replaces ci_* and standard_error of a realized value (`out`, with its analytic interval) by those of a bootstrap of
/// the rows (Poisson counts by cell), bias-corrected and accelerated (Efron 1987). Same bits for any number of threads.
/// O(replicates x cells) for the first metric, O(replicates log replicates) for the others. Leaves the analytic
/// interval where fewer than 9 of 10 replicates have a value.
Result<void> bootstrap_realized(const IntervalRecipe& recipe, const ClassifierView& view, const Resampling& how,
                                MetricValue& out);

/// The same of an estimate: rows and the calibration map's levels are resampled for ci_*, the map and the labels of
/// these rows for pi_*. `shift`: of the centre of both from the value (what the map gives too much).
Result<void> bootstrap_estimated(const IntervalRecipe& recipe, const ClassifierView& view, double shift,
                                 const Resampling& how, MetricValue& out);

}  // namespace longwatch::metrics
