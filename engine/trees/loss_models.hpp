#pragma once
// Estimated performance of regressors (direct loss estimation): boosted trees learn from the reference what loss to
// expect of a row, given its features and its prediction.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/profile/profile.hpp"
#include "engine/source/source.hpp"
#include "engine/trees/lightgbm.hpp"

namespace longwatch {

/// The loss of one row; NaN where there is none.
double loss_of(Loss loss, double prediction, double label);

/// Rows of the reference that trees are grown on at most; more are thinned evenly in the order of their keys.
inline constexpr std::size_t kMostTrainingRows = 100'000;
/// ... and at most so many values, however wide the table is.
inline constexpr std::size_t kMostTrainingValues = 20'000'000;
inline constexpr int kLossFolds = 5;

/// What a fit or a scoring reads. Everything is borrowed; `profile` gives the columns.
struct LossRows {
  const LightGbm* library = nullptr;
  const Source* source = nullptr;
  const ChunkPlan* chunks = nullptr;
  const SegmentPlan* segments = nullptr;
  const ReferenceProfile* profile = nullptr;
  const ChunkPlan* blocks = nullptr;  ///< fit_losses: `chunks` split by block, whose cells the states are of; or null
};

struct LossFit {
  LossProfile losses;
  std::vector<LossState> states;  ///< of the reference, by cell; empty where there are no models
};

/// Learns a model of every wanted loss from the reference's rows with a usable prediction and a known label, and
/// estimates the reference itself: each row by trees that did not see it (five folds in the order of the rows' keys,
/// and the model of all of them for rows that were thinned out). Squared error, LightGBM's defaults; estimates of
/// losses that cannot be negative are clipped at 0. What cannot be learned has its reason in `unusable`. Reads the rows
/// three times; grows 6 boosters a loss, side by side on the calling arena. Memory: 24 bytes a reference row, the
/// training rows, and the states. The result does not depend on threads or on the order and layout of rows. Errors: the
/// readers', LightGBM's, cancelled.
Result<LossFit> fit_losses(const LossRows& rows, const std::array<bool, kLosses>& wanted, const Control& control);

/// Estimates the rows of another source with the models of `rows.profile`, by cell of `rows.segments`. Reads it once.
/// Errors: as fit_losses; trees that break a rule (data).
Result<std::vector<LossState>> estimate_losses(const LossRows& rows, const Control& control);

}  // namespace longwatch
