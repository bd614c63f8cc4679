// Replicates of tables, and what they say.
#include "engine/metrics/table_bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "engine/base/side_by_side.hpp"
#include "engine/metrics/coarse_table.hpp"
#include "engine/metrics/functional.hpp"
#include "engine/metrics/metric_errors.hpp"
#include "engine/state/resample.hpp"

namespace longwatch::metrics {
namespace {

// Places of the random numbers of one replicate: rows and labels by cell, prediction and label; then the map's levels.
constexpr std::uint64_t kLabelPlaces = 1 << 20;
constexpr std::uint64_t kMapPlaces = 1 << 21;

double poisson_at(std::uint64_t key, std::uint64_t place, double count) {
  return count > 0 ? resample::poisson(count, resample::bits_at(key, place), resample::kPoisson) : 0;
}

double normal_at(std::uint64_t key, std::uint64_t place) {
  return resample::normal(resample::uniform(resample::bits_at(key, place)));
}

// The mean over the rows of a cell of its loss, where the metric is a mean loss; else the table as it is.
struct Evaluator {
  const IntervalRecipe& recipe;
  std::vector<double> loss[2];  // of negatives and positives, by cell
  Evaluator(const IntervalRecipe& of, const OutcomeTable& fine, const CoarseTable& coarse) : recipe(of) {
    if (!of.loss) return;
    std::vector<double> mass(coarse.table.score.size(), 0);
    for (int y = 0; y < 2; ++y) loss[y].assign(mass.size(), 0);
    for (std::size_t j = 0; j < fine.score.size(); ++j) {
      const double n = fine.positive_at(j) + fine.negative_at(j);
      mass[coarse.cell_of[j]] += n;
      for (int y = 0; y < 2; ++y) loss[y][coarse.cell_of[j]] += n * of.loss(fine, j, y == 1);
    }
    for (int y = 0; y < 2; ++y) {
      for (std::size_t j = 0; j < mass.size(); ++j) loss[y][j] /= mass[j];
    }
  }
  [[nodiscard]] double value(const OutcomeTable& table) const {
    if (!recipe.loss) return recipe.value(table);
    double sum = 0, rows = 0;
    for (std::size_t j = 0; j < table.score.size(); ++j) {
      const double p = table.positive_at(j);
      const double q = table.negative_at(j);
      sum += p * loss[1][j] + q * loss[0][j];
      rows += p + q;
    }
    return rows > 0 ? sum / rows : kNaN;
  }
};

// What replicates of a table say: a confusion matrix each, and the value of every metric of scores.
struct Draws {
  std::vector<Confusion> confusion;
  std::vector<std::vector<double>> scored;  // by recipe of scored_recipes(), then by replicate
};

// draw(r, table) for every replicate r, table a copy for each task.
template <class Draw>
Draws draws_of(std::int64_t count, const OutcomeTable& table, const std::vector<Evaluator>& evaluators,
               const Draw& draw) {
  constexpr std::int64_t kPart = 25;
  const auto size = static_cast<std::size_t>(count);
  Draws out{std::vector<Confusion>(size), {evaluators.size(), std::vector<double>(size)}};
  const auto part_of = [&](std::int64_t part) {
    OutcomeTable own = table;
    for (std::int64_t i = part * kPart; i < std::min(count, (part + 1) * kPart); ++i) {
      const auto r = static_cast<std::size_t>(i);
      draw(r, own);
      out.confusion[r] = confusion_of(own);
      for (std::size_t m = 0; m < evaluators.size(); ++m) out.scored[m][r] = evaluators[m].value(own);
    }
  };
  side_by_side(static_cast<std::size_t>((count + kPart - 1) / kPart),
               [&](std::size_t part) { part_of(static_cast<std::int64_t>(part)); });
  return out;
}

// Values of one metric, sorted; replicates without a value left out.
std::vector<double> sorted_values(std::vector<double> values) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<double> values_of(const Draws& draws, const IntervalRecipe& recipe) {
  if (!recipe.of_confusion) {
    const auto recipes = scored_recipes();
    const auto at = std::find(recipes.begin(), recipes.end(), &recipe) - recipes.begin();
    return sorted_values(draws.scored.at(static_cast<std::size_t>(at)));
  }
  std::vector<double> values;
  values.reserve(draws.confusion.size());
  for (const Confusion& confusion : draws.confusion) values.push_back(recipe.of_confusion(confusion));
  return sorted_values(std::move(values));
}

std::vector<Evaluator> evaluators_of(const OutcomeTable& fine, const CoarseTable& coarse) {
  std::vector<Evaluator> out;
  for (const IntervalRecipe* recipe : scored_recipes()) out.emplace_back(*recipe, fine, coarse);
  return out;
}

double centre_of(const OutcomeTable& fine, const CoarseTable& coarse, const IntervalRecipe& recipe) {
  return recipe.of_confusion ? recipe.of_confusion(confusion_of(coarse.table))
                             : Evaluator(recipe, fine, coarse).value(coarse.table);
}

double deviation(const std::vector<double>& values) {
  double mean = 0, square = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  for (const double v : values) square += (v - mean) * (v - mean);
  return std::sqrt(square / static_cast<double>(values.size() - 1));
}

// The p-quantile, linear between order statistics (Hyndman and Fan's type 6: place p (n + 1)).
double quantile_of(const std::vector<double>& sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() + 1) - 1;
  if (!(place > 0)) return sorted.front();
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

// Bias-corrected and accelerated: z0 from the share of replicates below `centre`, ties half.
Interval accelerated(const std::vector<double>& sorted, double centre, double acceleration, double level) {
  const auto low = std::lower_bound(sorted.begin(), sorted.end(), centre) - sorted.begin();
  const auto high = std::upper_bound(sorted.begin(), sorted.end(), centre) - sorted.begin();
  const double n = static_cast<double>(sorted.size());
  const double below = std::clamp(static_cast<double>(low + high) / (2 * n), 0.5 / n, 1 - 0.5 / n);
  const double z0 = normal_quantile(below);
  const auto end = [&](double z) {
    const double shifted = z0 + z;
    return quantile_of(sorted, normal_probability(z0 + shifted / std::max(0.1, 1 - acceleration * shifted)));
  };
  const double z = normal_quantile((1 + level) / 2);
  return {end(-z), end(z)};
}

bool enough(const std::vector<double>& values, const Resampling& how) {
  return values.size() > 1 && static_cast<double>(values.size()) >= 0.9 * static_cast<double>(how.replicates);
}

double acceleration_of(const ErrorMoments& error) {
  return error.variance > 0 ? error.third / (6 * error.variance * std::sqrt(error.variance)) : 0;
}

void set_ci(MetricValue& out, const IntervalRecipe& recipe, const Interval& ci, double shift, double error) {
  out.ci_lower = std::clamp(ci.lower + shift, recipe.least, recipe.greatest);
  out.ci_upper = std::clamp(ci.upper + shift, recipe.least, recipe.greatest);
  out.standard_error = error;
  out.interval_method = "table_bootstrap";
}

// A confusion matrix is a table without scores: four numbers to draw, exactly.
OutcomeTable without_scores(const OutcomeTable& table) {
  OutcomeTable out;
  out.unscored_positive[1] = table.true_positive;
  out.unscored_positive[0] = table.false_negative;
  out.unscored_negative[1] = table.false_positive;
  out.unscored_negative[0] = table.true_negative;
  sum_confusion(out);
  return out;
}

void draw_rows(const OutcomeTable& from, std::uint64_t key, OutcomeTable& to) {
  std::uint64_t place = 0;
  for (int p = 0; p < 2; ++p) {
    to.unscored_positive[p] = poisson_at(key, place++, from.unscored_positive[p]);
    to.unscored_negative[p] = poisson_at(key, place++, from.unscored_negative[p]);
    for (std::size_t j = 0; j < from.score.size(); ++j) {
      to.positive[p][j] = poisson_at(key, place++, from.positive[p][j]);
      to.negative[p][j] = poisson_at(key, place++, from.negative[p][j]);
    }
  }
  sum_confusion(to);
}

// An estimate's cells: rows by prediction, their probability, and how it moves with each level of the map.
struct EstimatedCells {
  std::vector<double> rows[2];
  std::vector<double> probability;
  struct Share {
    std::uint32_t block;
    double share;
  };
  std::vector<std::vector<Share>> blocks;
};

EstimatedCells cells_of(const ClassifierView& view, const CoarseTable& coarse) {
  EstimatedCells out;
  const std::size_t cells = coarse.table.score.size();
  out.blocks.resize(cells);
  for (auto& rows : out.rows) rows.assign(cells, 0);
  for (std::size_t j = 0; j < view.estimated.score.size(); ++j) {
    const std::size_t cell = coarse.cell_of[j];
    double here = 0;
    for (int p = 0; p < 2; ++p) {
      // Whole again: masses are count * c and count * (1 - c).
      const double n = std::nearbyint(view.estimated.positive[p][j] + view.estimated.negative[p][j]);
      out.rows[p][cell] += n;
      here += n;
    }
    if (view.noise.level_variance.empty()) continue;
    auto& blocks = out.blocks[cell];
    const std::uint32_t block = view.noise.block_of[j];
    if (blocks.empty() || blocks.back().block != block) blocks.push_back({block, 0});
    blocks.back().share += here;
  }
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const double rows = out.rows[0][cell] + out.rows[1][cell];
    out.probability.push_back((coarse.table.positive[0][cell] + coarse.table.positive[1][cell]) / rows);
    for (auto& block : out.blocks[cell]) block.share /= rows;
  }
  return out;
}

// The probabilities of one replicate of the map.
void draw_map(const EstimatedCells& cells, const EstimateNoise& noise, std::uint64_t key, std::vector<double>& out) {
  out = cells.probability;
  thread_local std::vector<double> moves;
  moves.resize(noise.level_variance.size());
  for (std::size_t b = 0; b < moves.size(); ++b) {
    moves[b] = normal_at(key, kMapPlaces + b) * std::sqrt(noise.level_variance[b]);
  }
  double intercept = 0, slope = 0;
  if (moves.empty() && noise.inverse[0] > 0) {
    const double root = std::sqrt(noise.inverse[0]);
    const double cross = noise.inverse[1] / root;
    const double first = normal_at(key, kMapPlaces);
    intercept = root * first;
    slope = cross * first +
            std::sqrt(std::max(0.0, noise.inverse[2] - cross * cross)) * normal_at(key, kMapPlaces + 1);
  }
  for (std::size_t j = 0; j < out.size(); ++j) {
    double c = out[j];
    for (const auto& block : cells.blocks[j]) c += block.share * moves[block.block];
    if (intercept != 0 && c > 0 && c < 1) c += c * (1 - c) * (intercept + slope * std::log(c / (1 - c)));
    out[j] = std::clamp(c, 0.0, 1.0);
  }
}

// A table and what its replicates say.
struct Replicated {
  CoarseTable coarse;
  Draws draws;
};

Replicated realized_replicates(const OutcomeTable& table, const Resampling& how) {
  Replicated out{coarse_table(table, kBootstrapCells), {}};
  out.draws = draws_of(
      how.replicates, out.coarse.table, evaluators_of(table, out.coarse),
      [&](std::uint64_t r, OutcomeTable& own) { draw_rows(out.coarse.table, resample::key_of(how.key, r), own); });
  return out;
}

// Rows and the map's levels drawn, or the map and the `labels` of these rows.
Draws estimated_draws(const ClassifierView& view, const CoarseTable& coarse, const EstimatedCells& cells, bool labels,
                      const Resampling& how) {
  const auto draw = [&](std::uint64_t r, OutcomeTable& own) {
    const std::uint64_t key = resample::key_of(how.key, r);
    thread_local std::vector<double> probability;
    draw_map(cells, view.noise, key, probability);
    for (int p = 0; p < 2; ++p) {
      for (std::size_t j = 0; j < probability.size(); ++j) {
        if (cells.rows[p][j] == 0) continue;  // as the copy has it: 0
        const std::uint64_t place = 2 * j + static_cast<std::uint64_t>(p);
        const double n = labels ? cells.rows[p][j] : poisson_at(key, place, cells.rows[p][j]);
        const double c = probability[j];
        own.positive[p][j] = labels ? resample::binomial(n, c, resample::bits_at(key, kLabelPlaces + place)) : n * c;
        own.negative[p][j] = n - own.positive[p][j];
      }
    }
    sum_confusion(own);
  };
  return draws_of(how.replicates, coarse.table, evaluators_of(view.estimated, coarse), draw);
}

}  // namespace

struct TableReplicates {
  Resampling how;
  std::optional<Replicated> realized;
  std::optional<Draws> matrix;           // of the realized confusion matrix alone, exactly: four numbers
  std::optional<Replicated> population;  // of an estimate
  std::optional<Draws> labels;           // likewise
};

namespace {

// Replicates do not depend on the metric, so the first one that asks draws them for all.
TableReplicates& replicates_of(const ClassifierView& view, const Resampling& how) {
  const bool same = view.replicates != nullptr && view.replicates->how.key == how.key &&
                    view.replicates->how.replicates == how.replicates;
  if (!same) view.replicates = std::make_shared<TableReplicates>(TableReplicates{how, {}, {}, {}, {}});
  return *view.replicates;
}

Replicated& of_realized(const ClassifierView& view, const Resampling& how) {
  TableReplicates& all = replicates_of(view, how);
  if (!all.realized) all.realized = realized_replicates(view.realized, how);
  return *all.realized;
}

TableReplicates& of_estimated(const ClassifierView& view, const Resampling& how) {
  TableReplicates& all = replicates_of(view, how);
  if (!all.population) {
    all.population = Replicated{coarse_table(view.estimated, kBootstrapCells), {}};
    const CoarseTable& coarse = all.population->coarse;
    const EstimatedCells cells = cells_of(view, coarse);
    all.population->draws = estimated_draws(view, coarse, cells, false, how);
    all.labels = estimated_draws(view, coarse, cells, true, how);
  }
  return all;
}

Draws& of_matrix(const ClassifierView& view, const Resampling& how) {
  TableReplicates& all = replicates_of(view, how);
  if (!all.matrix) {
    const OutcomeTable four = without_scores(view.realized);
    all.matrix = draws_of(how.replicates, four, {}, [&](std::uint64_t r, OutcomeTable& own) {
      draw_rows(four, resample::key_of(how.key, r), own);
    });
  }
  return *all.matrix;
}

}  // namespace

void bootstrap_realized(const IntervalRecipe& recipe, const ClassifierView& view, const Resampling& how,
                        MetricValue& out) {
  const bool four = static_cast<bool>(recipe.of_confusion);
  const std::vector<double> values = values_of(four ? of_matrix(view, how) : of_realized(view, how).draws, recipe);
  if (!enough(values, how)) return;
  const double centre = four ? recipe.of_confusion(confusion_of(view.realized))
                             : centre_of(view.realized, of_realized(view, how).coarse, recipe);
  const double acceleration = acceleration_of(realized_error(recipe, view.realized).rows);
  set_ci(out, recipe, accelerated(values, centre, acceleration, how.level), out.value - centre, deviation(values));
}

void bootstrap_estimated(const IntervalRecipe& recipe, const ClassifierView& view, double shift, const Resampling& how,
                         MetricValue& out) {
  const TableReplicates& all = of_estimated(view, how);
  const std::vector<double> population = values_of(all.population->draws, recipe);
  const std::vector<double> realized = values_of(*all.labels, recipe);
  if (!enough(population, how) || !enough(realized, how)) return;
  const double centre = centre_of(view.estimated, all.population->coarse, recipe);
  const double acceleration = acceleration_of(estimate_error(recipe, view).rows);
  const double move = out.value - centre + shift;
  set_ci(out, recipe, accelerated(population, centre, acceleration, how.level), move, deviation(population));
  out.pi_lower = std::clamp(quantile_of(realized, (1 - how.level) / 2) + move, recipe.least, recipe.greatest);
  out.pi_upper = std::clamp(quantile_of(realized, (1 + how.level) / 2) + move, recipe.least, recipe.greatest);
}

}  // namespace longwatch::metrics
