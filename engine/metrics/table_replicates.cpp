// Tables as a backend draws them.
#include "engine/metrics/table_replicates.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/side_by_side.hpp"
#include "engine/metrics/functional.hpp"

namespace longwatch::metrics {
namespace {

// Loss by cell, into `cells`, which have a member `loss`.
template <class Cell>
void set_losses(const OutcomeTable& fine, const CoarseTable& coarse, std::vector<Cell>& cells) {
  for (int i = 0; i < row::kMeanLosses; ++i) {
    const IntervalRecipe& recipe = *scored_recipes()[static_cast<std::size_t>(row::kFirstMeanLoss + i)];
    const MeanLoss mean = MeanLoss::of(recipe, fine, coarse);
    for (int y = 0; y < 2; ++y) {
      for (std::size_t j = 0; j < cells.size(); ++j) cells[j].loss[i][y] = mean.loss[y][j];
    }
  }
}

void set_estimated_cells(const ClassifierView& view, DrawnTable& to) {
  const OutcomeTable& table = view.estimated;
  to.estimated.assign(to.coarse.table.score.size(), {});
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    row::EstimatedCell& cell = to.estimated[to.coarse.cell_of[j]];
    double here = 0;
    for (int p = 0; p < 2; ++p) {
      // Whole again: masses are count * c and count * (1 - c).
      const double n = std::nearbyint(table.positive[p][j] + table.negative[p][j]);
      cell.count[p] += n;
      here += n;
    }
    if (view.noise.level_variance.empty()) continue;
    const auto block = static_cast<std::int32_t>(view.noise.block_of[j]);
    if (cell.shares == 0) cell.first_share = static_cast<std::int32_t>(to.shares.size());
    if (cell.shares == 0 || to.shares.back().block != block) {
      to.shares.push_back({block, 0});
      ++cell.shares;
    }
    to.shares.back().share += here;
  }
  for (std::size_t j = 0; j < to.estimated.size(); ++j) {
    row::EstimatedCell& cell = to.estimated[j];
    const double rows = cell.count[0] + cell.count[1];
    const double c = (to.coarse.table.positive[0][j] + to.coarse.table.positive[1][j]) / rows;
    cell.probability = c;
    cell.logit = c > 0 && c < 1 ? std::log(c / (1 - c)) : 0;
    for (std::int32_t i = 0; i < cell.shares; ++i)
      to.shares[static_cast<std::size_t>(cell.first_share + i)].share /= rows;
  }
  set_losses(table, to.coarse, to.estimated);
}

// A realization of the map's uncertainty is made of independent normal numbers.
void set_map(const EstimateNoise& noise, DrawnTable& to) {
  for (const double variance : noise.level_variance) to.deviations.push_back(std::sqrt(variance));
  if (!to.deviations.empty() || !(noise.inverse[0] > 0)) return;
  to.noise.root = std::sqrt(noise.inverse[0]);
  to.noise.cross = noise.inverse[1] / to.noise.root;
  to.noise.rest = std::sqrt(std::max(0.0, noise.inverse[2] - to.noise.cross * to.noise.cross));
}

void set_unscored(const OutcomeTable& table, ReplicateItem& item) {
  for (int p = 0; p < 2; ++p) {
    item.unscored[2 * p] = table.unscored_positive[p];
    item.unscored[2 * p + 1] = table.unscored_negative[p];
  }
}

ReplicateItem item_of(const DrawnTable& table, row::Draw draw, const Resampling& how) {
  ReplicateItem out;
  out.draw = draw;
  out.key = how.key;
  out.count = how.replicates;
  out.cells = static_cast<std::int64_t>(draw == row::Draw::rows ? table.realized.size() : table.estimated.size());
  out.realized = table.realized.data();
  out.estimated = table.estimated.data();
  out.shares = table.shares.data();
  out.share_count = static_cast<std::int64_t>(table.shares.size());
  out.deviations = table.deviations.data();
  out.blocks = static_cast<std::int64_t>(table.deviations.size());
  out.noise = table.noise;
  set_unscored(table.coarse.table, out);
  return out;
}

void want_masses(Draws& draws, ReplicateItem& item) {
  draws.masses.resize(static_cast<std::size_t>(item.count));
  item.masses = draws.masses.data();
}

void want_scores(Draws& draws, ReplicateItem& item) {
  for (int i = 0; i < row::kScores; ++i) {
    draws.scores[i].resize(static_cast<std::size_t>(item.count));
    item.scores[i] = draws.scores[i].data();
  }
}

}  // namespace

MeanLoss MeanLoss::of(const IntervalRecipe& recipe, const OutcomeTable& fine, const CoarseTable& coarse) {
  MeanLoss out;
  std::vector<double> mass(coarse.table.score.size(), 0);
  for (auto& loss : out.loss) loss.assign(mass.size(), 0);
  for (std::size_t j = 0; j < fine.score.size(); ++j) {
    const double n = fine.positive_at(j) + fine.negative_at(j);
    mass[coarse.cell_of[j]] += n;
    for (int y = 0; y < 2; ++y) out.loss[y][coarse.cell_of[j]] += n * recipe.loss(fine, j, y == 1);
  }
  for (auto& loss : out.loss) {
    for (std::size_t j = 0; j < mass.size(); ++j) loss[j] /= mass[j];
  }
  return out;
}

double MeanLoss::value(const OutcomeTable& table) const {
  double sum = 0, rows = 0;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    const double p = table.positive_at(j);
    const double q = table.negative_at(j);
    sum += p * loss[1][j] + q * loss[0][j];
    rows += p + q;
  }
  return rows > 0 ? sum / rows : kNaN;
}

void plan_realized(const ClassifierView& view, TableReplicates& to, std::vector<ReplicateItem>& items) {
  DrawnTable& table = to.realized.emplace();
  table.coarse = coarse_table(view.realized, kBootstrapCells);
  const OutcomeTable& cells = table.coarse.table;
  table.realized.resize(cells.score.size());
  for (std::size_t j = 0; j < table.realized.size(); ++j) {
    for (int p = 0; p < 2; ++p) {
      table.realized[j].count[2 * p] = cells.positive[p][j];
      table.realized[j].count[2 * p + 1] = cells.negative[p][j];
    }
  }
  set_losses(view.realized, table.coarse, table.realized);
  ReplicateItem item = item_of(table, row::Draw::rows, to.how);
  want_scores(table.draws, item);
  items.push_back(item);
}

void plan_matrix(const ClassifierView& view, TableReplicates& to, std::vector<ReplicateItem>& items) {
  DrawnTable& table = to.matrix.emplace();
  OutcomeTable& four = table.coarse.table;
  four.unscored_positive[1] = view.realized.true_positive;
  four.unscored_positive[0] = view.realized.false_negative;
  four.unscored_negative[1] = view.realized.false_positive;
  four.unscored_negative[0] = view.realized.true_negative;
  ReplicateItem item = item_of(table, row::Draw::rows, to.how);
  want_masses(table.draws, item);
  items.push_back(item);
}

void plan_estimate(const ClassifierView& view, TableReplicates& to, std::vector<ReplicateItem>& items) {
  DrawnTable& table = to.estimate.emplace();
  table.coarse = coarse_table(view.estimated, kBootstrapCells);
  set_estimated_cells(view, table);
  set_map(view.noise, table);
  for (const row::Draw draw : {row::Draw::population, row::Draw::labels}) {
    ReplicateItem item = item_of(table, draw, to.how);
    Draws& draws = draw == row::Draw::labels ? table.labels : table.draws;
    want_masses(draws, item);
    want_scores(draws, item);
    items.push_back(item);
  }
}

Result<void> draw_replicates(Backend& backend, std::span<const ReplicateItem> items) {
  if (backend.in_batches()) return backend.replicates(items)->wait();
  constexpr std::int64_t kPart = 32;  // as many as the CPU draws together
  std::vector<ReplicateItem> parts;
  for (const ReplicateItem& item : items) {
    for (std::int64_t at = 0; at < item.count; at += kPart) {
      ReplicateItem part = item;
      part.first += at;
      part.count = std::min(kPart, item.count - at);
      if (part.masses != nullptr) part.masses += at;
      for (double*& scores : part.scores) scores = scores == nullptr ? nullptr : scores + at;
      parts.push_back(part);
    }
  }
  std::vector<Result<void>> done(parts.size());
  side_by_side(parts.size(), [&](std::size_t i) { done[i] = backend.replicates({&parts[i], 1})->wait(); });
  for (Result<void>& one : done) LW_CHECK(std::move(one));
  return {};
}

}  // namespace longwatch::metrics
