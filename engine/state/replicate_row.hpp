#pragma once
// Replicates of an outcome table: cells are drawn and added up one after another, so that no table of its own is
// needed. RealizedReplicate and EstimatedReplicate are one replicate at a time; a backend may draw a cell for several.
// Numbers come by their place (see resample.hpp); IEEE operations and integers only.

#include <limits>

#include "engine/state/compensated.hpp"
#include "engine/state/replicate_cell.hpp"
#include "engine/state/resample.hpp"

namespace longwatch::row {

// Places of the random numbers of one replicate. Draw::rows: kOutcomes of each prediction's unscored rows and cells.
// Else the rows of cell j and prediction p at 2 j + p, labels and the map's levels from here on.
inline constexpr std::uint64_t kLabelPlaces = 1 << 20;
inline constexpr std::uint64_t kMapPlaces = 1 << 21;

LW_ROW double poisson_at(std::uint64_t key, std::uint64_t place, double count, const resample::PoissonTable& table) {
  return count > 0 ? resample::poisson(count, resample::bits_at(key, place), table) : 0;
}
LW_ROW double normal_at(std::uint64_t key, std::uint64_t place) {
  return resample::normal(resample::uniform(resample::bits_at(key, place)));
}

/// The place of the unscored rows of an outcome in a table of so many cells; those of cell j come 2 + 2 j later.
LW_ROW std::uint64_t outcome_place(int outcome, std::int64_t cells) {
  const auto of_prediction = static_cast<std::uint64_t>(2 + 2 * cells);
  return (outcome >= kTruePositive ? of_prediction : 0) + static_cast<std::uint64_t>(outcome & 1);
}

/// A cell's probability c where the map's intercept and slope move so far.
LW_ROW double tilted(double c, double intercept, double slope, double logit) {
  return intercept != 0 && c > 0 && c < 1 ? c + c * (1 - c) * (intercept + slope * logit) : c;
}
LW_ROW double within_unit(double c) { return c < 0 ? 0 : (c > 1 ? 1 : c); }

/// What a replicate's cells add up to. Sources: Mann-Whitney for the ROC area (tied pairs half), the sum of precision
/// times the rise of recall.
struct ReplicateSums {
  double mass[kOutcomes] = {};
  CompensatedSum positive;
  CompensatedSum negative;
  CompensatedSum pairs;
  CompensatedSum rows;
  CompensatedSum precision;
  double loss_rows = 0;
  double loss[kMeanLosses] = {};
};

/// Adds a cell below all that were added, of masses by Outcome.
LW_ROW void add_cell(ReplicateSums& sums, const double mass[kOutcomes], const double loss[kMeanLosses][2]) {
  for (int i = 0; i < kOutcomes; ++i) sums.mass[i] += mass[i];
  const double positive = mass[kFalseNegative] + mass[kTruePositive];
  const double negative = mass[kTrueNegative] + mass[kFalsePositive];
  sums.pairs.add(negative * (sums.positive.value() + positive / 2));
  sums.positive.add(positive);
  sums.negative.add(negative);
  sums.rows.add(positive + negative);
  if (positive > 0) sums.precision.add(positive * (sums.positive.value() / sums.rows.value()));
  for (int i = 0; i < kMeanLosses; ++i) sums.loss[i] += positive * loss[i][1] + negative * loss[i][0];
  sums.loss_rows += positive + negative;
}

/// Of the cells added; a NaN always has the same bits. O(1).
LW_ROW double score_of(const ReplicateSums& sums, int which) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  double value = 0, by = 0;
  if (which == kRocArea) {
    value = sums.pairs.value();
    by = sums.positive.value() * sums.negative.value();
  } else if (which == kPrecisionArea) {
    value = sums.precision.value();
    by = sums.positive.value();
  } else {
    value = sums.loss[which - kFirstMeanLoss];
    by = sums.loss_rows;
  }
  if (!(by > 0)) return kNone;
  value /= by;
  if (which < kFirstMeanLoss && value > 1) return 1;
  return value == value ? value : kNone;
}

/// A replicate of a realized table.
struct RealizedReplicate {
  std::uint64_t key;
  std::uint64_t place[kOutcomes];  ///< of the next cell
  ReplicateSums sums;
};

LW_ROW RealizedReplicate begin_realized(std::uint64_t key, std::int64_t cells, const double unscored[kOutcomes],
                                        const resample::PoissonTable& table) {
  RealizedReplicate out;
  out.key = key;
  for (int i = 0; i < kOutcomes; ++i) {
    const std::uint64_t place = outcome_place(i, cells);
    out.sums.mass[i] = poisson_at(key, place, unscored[i], table);
    out.place[i] = place + 2;
  }
  return out;
}

LW_ROW void add_cell(RealizedReplicate& replicate, const RealizedCell& cell, const resample::PoissonTable& table) {
  double mass[kOutcomes];
  for (int i = 0; i < kOutcomes; ++i) {
    mass[i] = poisson_at(replicate.key, replicate.place[i], cell.count[i], table);
    replicate.place[i] += 2;
  }
  add_cell(replicate.sums, mass, cell.loss);
}

/// A replicate of an estimate, and what it drew of the map.
struct EstimatedReplicate {
  std::uint64_t key;
  std::uint64_t place;  ///< of the next cell
  double intercept;
  double slope;
  std::int32_t block;  ///< of the latest level that was drawn
  double move;
  ReplicateSums sums;
};

LW_ROW EstimatedReplicate begin_estimated(std::uint64_t key, const double unscored[kOutcomes], const MapNoise& noise) {
  EstimatedReplicate out;
  out.key = key;
  out.place = 0;
  out.intercept = 0;
  out.slope = 0;
  out.block = -1;
  out.move = 0;
  for (int i = 0; i < kOutcomes; ++i) out.sums.mass[i] = unscored[i];
  if (noise.root > 0) {
    const double first = normal_at(key, kMapPlaces);
    out.intercept = noise.root * first;
    out.slope = noise.cross * first + noise.rest * normal_at(key, kMapPlaces + 1);
  }
  return out;
}

/// The cell's probability by this replicate of the map. `shares` are the cell's own. O(blocks of the cell).
LW_ROW double probability_of(EstimatedReplicate& replicate, const EstimatedCell& cell, const MapShare* shares,
                             const double* deviations) {
  double c = cell.probability;
  for (std::int32_t i = 0; i < cell.shares; ++i) {
    const MapShare& share = shares[i];
    if (share.block != replicate.block) {
      replicate.block = share.block;
      replicate.move =
          normal_at(replicate.key, kMapPlaces + static_cast<std::uint64_t>(share.block)) * deviations[share.block];
    }
    c += share.share * replicate.move;
  }
  return within_unit(tilted(c, replicate.intercept, replicate.slope, cell.logit));
}

/// `labels`: Draw::labels, else Draw::population.
LW_ROW void add_cell(EstimatedReplicate& replicate, const EstimatedCell& cell, const MapShare* shares,
                     const double* deviations, bool labels, const resample::PoissonTable& table) {
  const double c = probability_of(replicate, cell, shares, deviations);
  double mass[kOutcomes] = {};
  for (int p = 0; p < 2; ++p) {
    const double count = cell.count[p];
    const std::uint64_t place = replicate.place + static_cast<std::uint64_t>(p);
    if (!(count > 0)) continue;
    const double n = labels ? count : poisson_at(replicate.key, place, count, table);
    const double positive =
        labels ? resample::binomial(n, c, resample::bits_at(replicate.key, kLabelPlaces + place)) : n * c;
    mass[2 * p] = positive;
    mass[2 * p + 1] = n - positive;
  }
  replicate.place += 2;
  add_cell(replicate.sums, mass, cell.loss);
}

}  // namespace longwatch::row
