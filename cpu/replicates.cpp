// Draws replicates of outcome tables, a few at a time: a cell is drawn for all of them before the next one, so that
// what depends on the cell alone is worked out once, and no replicate waits for its own last sum.

#include <algorithm>
#include <cmath>

#include "cpu/kernels.hpp"
#include "engine/state/replicate_row.hpp"

namespace longwatch::cpu {
namespace {

constexpr int kLanes = 32;
using Numbers = double[kLanes];

/// Replicates that are drawn together.
struct Lanes {
  int count = 0;
  std::uint64_t key[kLanes];
  row::ReplicateSums sums[kLanes];
};

/// The normal numbers of one place. Those of the tails are made apart, so that the others do not wait for them.
void draw_normals(const Lanes& lanes, std::uint64_t place, Numbers& z) {
  Numbers p;
  int tail[kLanes];
  int tails = 0;
  for (int l = 0; l < lanes.count; ++l) {
    p[l] = resample::uniform(resample::bits_at(lanes.key[l], place));
    z[l] = resample::normal_centre(p[l] - 0.5);
  }
  for (int l = 0; l < lanes.count; ++l) {
    tail[tails] = l;
    tails += p[l] - 0.5 > -resample::kCentre && p[l] - 0.5 < resample::kCentre ? 0 : 1;
  }
  for (int i = 0; i < tails; ++i) z[tail[i]] = resample::normal_tail(p[tail[i]]);
}

/// As row::poisson_at.
void draw_poisson(const Lanes& lanes, std::uint64_t place, double count, Numbers& out) {
  if (!(count > 0)) {
    std::fill_n(out, lanes.count, 0.0);
  } else if (count <= resample::kInverted) {
    for (int l = 0; l < lanes.count; ++l)
      out[l] = resample::poisson_inverted(count, resample::bits_at(lanes.key[l], place), resample::kPoisson);
  } else {
    const double root = std::sqrt(count);
    draw_normals(lanes, place, out);
    for (int l = 0; l < lanes.count; ++l) out[l] = resample::poisson_expanded(count, root, out[l]);
  }
}

using Masses = Numbers[row::kOutcomes];

void add_cell(Lanes& lanes, const Masses& by_outcome, const double loss[row::kMeanLosses][2]) {
  for (int l = 0; l < lanes.count; ++l) {
    double mass[row::kOutcomes];
    for (int i = 0; i < row::kOutcomes; ++i) mass[i] = by_outcome[i][l];
    row::add_cell(lanes.sums[l], mass, loss);
  }
}

void add_realized(const ReplicateItem& item, Lanes& lanes) {
  Masses mass;
  for (int i = 0; i < row::kOutcomes; ++i) {
    draw_poisson(lanes, row::outcome_place(i, item.cells), item.unscored[i], mass[i]);
    for (int l = 0; l < lanes.count; ++l) lanes.sums[l].mass[i] = mass[i][l];
  }
  for (std::int64_t j = 0; j < item.cells; ++j) {
    const auto further = static_cast<std::uint64_t>(2 + 2 * j);
    for (int i = 0; i < row::kOutcomes; ++i)
      draw_poisson(lanes, row::outcome_place(i, item.cells) + further, item.realized[j].count[i], mass[i]);
    add_cell(lanes, mass, item.realized[j].loss);
  }
}

/// What the lanes drew of the calibration map.
struct Maps {
  Numbers intercept = {};
  Numbers slope = {};
  std::int32_t block = -1;  ///< of `move`
  Numbers move = {};
};

void draw_slopes(const Lanes& lanes, const row::MapNoise& noise, Maps& maps) {
  if (!(noise.root > 0)) return;
  Numbers first, second;
  draw_normals(lanes, row::kMapPlaces, first);
  draw_normals(lanes, row::kMapPlaces + 1, second);
  for (int l = 0; l < lanes.count; ++l) {
    maps.intercept[l] = noise.root * first[l];
    maps.slope[l] = noise.cross * first[l] + noise.rest * second[l];
  }
}

/// As row::probability_of.
void draw_probability(const ReplicateItem& item, const row::EstimatedCell& cell, const Lanes& lanes, Maps& maps,
                      Numbers& c) {
  std::fill_n(c, lanes.count, cell.probability);
  for (std::int32_t i = 0; i < cell.shares; ++i) {
    const row::MapShare& share = item.shares[cell.first_share + i];
    if (share.block != maps.block) {
      maps.block = share.block;
      draw_normals(lanes, row::kMapPlaces + static_cast<std::uint64_t>(share.block), maps.move);
      for (int l = 0; l < lanes.count; ++l) maps.move[l] *= item.deviations[share.block];
    }
    for (int l = 0; l < lanes.count; ++l) c[l] += share.share * maps.move[l];
  }
  for (int l = 0; l < lanes.count; ++l)
    c[l] = row::within_unit(row::tilted(c[l], maps.intercept[l], maps.slope[l], cell.logit));
}

/// How many of the rows of one prediction there are, and of them the positive ones.
template <bool labels>
void draw_outcomes(const Lanes& lanes, std::uint64_t place, double count, const Numbers& c, Numbers& positive,
                   Numbers& negative) {
  Numbers n;
  if (labels) {
    std::fill_n(n, lanes.count, count);
  } else {
    draw_poisson(lanes, place, count, n);
  }
  for (int l = 0; l < lanes.count; ++l) {
    positive[l] = labels ? resample::binomial(n[l], c[l], resample::bits_at(lanes.key[l], row::kLabelPlaces + place))
                         : n[l] * c[l];
    negative[l] = n[l] - positive[l];
  }
}

template <bool labels>
void add_estimated(const ReplicateItem& item, Lanes& lanes) {
  Maps maps;
  draw_slopes(lanes, item.noise, maps);
  for (int l = 0; l < lanes.count; ++l) std::copy_n(item.unscored, row::kOutcomes, lanes.sums[l].mass);
  for (std::int64_t j = 0; j < item.cells; ++j) {
    const row::EstimatedCell& cell = item.estimated[j];
    Numbers c;
    draw_probability(item, cell, lanes, maps, c);
    Masses mass = {};
    for (int p = 0; p < 2; ++p) {
      const auto place = static_cast<std::uint64_t>(2 * j + p);
      if (cell.count[p] > 0) draw_outcomes<labels>(lanes, place, cell.count[p], c, mass[2 * p], mass[2 * p + 1]);
    }
    add_cell(lanes, mass, cell.loss);
  }
}

void write(const ReplicateItem& item, std::int64_t first, const Lanes& lanes) {
  for (int l = 0; l < lanes.count; ++l) {
    const std::int64_t i = first + l;
    if (item.masses != nullptr) std::copy_n(lanes.sums[l].mass, row::kOutcomes, item.masses[i].mass);
    for (int which = 0; which < row::kScores; ++which) {
      if (item.scores[which] != nullptr) item.scores[which][i] = row::score_of(lanes.sums[l], which);
    }
  }
}

}  // namespace

Result<void> write_replicates(const ReplicateItem& item) {
  if (item.draw != row::Draw::rows && item.cells > kMostEstimatedCells)
    return Error{
        ErrorCode::internal, "an estimate has too many cells for its random numbers", {}, "please report this"};
  for (std::int64_t first = 0; first < item.count; first += kLanes) {
    Lanes lanes;
    lanes.count = static_cast<int>(std::min<std::int64_t>(kLanes, item.count - first));
    for (int l = 0; l < lanes.count; ++l)
      lanes.key[l] = resample::key_of(item.key, static_cast<std::uint64_t>(item.first + first + l));
    if (item.draw == row::Draw::rows) {
      add_realized(item, lanes);
    } else if (item.draw == row::Draw::labels) {
      add_estimated<true>(item, lanes);
    } else {
      add_estimated<false>(item, lanes);
    }
    write(item, first, lanes);
  }
  return {};
}

}  // namespace longwatch::cpu
