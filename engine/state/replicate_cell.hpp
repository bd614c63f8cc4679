#pragma once
// What a replicate of an outcome table is drawn from and what it says, as plain data: part of the interface of the
// backends, and of the CUDA module's.

#include <cstdint>

namespace longwatch::row {

/// What a replicate draws anew.
enum class Draw : std::int32_t {
  rows,        ///< of a realized table: how many rows a cell has of each outcome
  population,  ///< of an estimate: how many rows a cell has, and the calibration map
  labels       ///< of an estimate: the labels of these very rows, and the calibration map
};

/// Outcomes of a cell, in the order of their random numbers: by prediction, then positive before negative.
enum Outcome : std::int32_t { kFalseNegative, kTrueNegative, kTruePositive, kFalsePositive, kOutcomes };

/// Metrics that are the mean over the rows of a loss: log loss and Brier score.
inline constexpr int kMeanLosses = 2;
/// What a replicate says of the scores, in the order of metrics::scored_recipes().
enum ReplicateScore : std::int32_t { kRocArea, kPrecisionArea, kFirstMeanLoss, kScores = kFirstMeanLoss + kMeanLosses };

/// Rows of one score, or of neighbouring ones. Counts are whole, below 2^51.
struct RealizedCell {
  double count[kOutcomes];
  double loss[kMeanLosses][2];  ///< of a negative and of a positive row
};

/// The same of an estimate. A part [first_share, first_share + shares) of ReplicateMap::shares says how the probability
/// answers to the map.
struct EstimatedCell {
  double count[2];  ///< by prediction
  double probability;
  double logit;  ///< of `probability`; of no matter where that is 0 or 1
  double loss[kMeanLosses][2];
  std::int32_t first_share;
  std::int32_t shares;
};

/// The share of a cell's rows whose probability is the level of one block of the map.
struct MapShare {
  std::int32_t block;
  double share;
};

/// How the calibration map varies. Levels of blocks vary by themselves; or, without blocks, the intercept and slope on
/// the scale of the logit do: root z1, and cross z1 + rest z2 of normal numbers z1 and z2. A root of 0: nothing does.
struct MapNoise {
  double root;
  double cross;
  double rest;
};

/// Masses of a replicate's confusion matrix.
struct OutcomeMasses {
  double mass[kOutcomes];
};

}  // namespace longwatch::row
