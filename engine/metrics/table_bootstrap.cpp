// Intervals from the replicates of tables.
#include "engine/metrics/table_bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "engine/base/hash.hpp"
#include "engine/metrics/functional.hpp"
#include "engine/metrics/metric_errors.hpp"
#include "engine/metrics/table_replicates.hpp"
#include "engine/state/resample.hpp"

namespace longwatch::metrics {
namespace {

// Values of one metric, sorted; replicates without a value left out.
std::vector<double> sorted_values(std::vector<double> values) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<double> values_of(const Draws& draws, const IntervalRecipe& recipe) {
  if (!recipe.of_confusion) {
    const auto recipes = scored_recipes();
    return sorted_values(draws.scores[std::find(recipes.begin(), recipes.end(), &recipe) - recipes.begin()]);
  }
  std::vector<double> values;
  values.reserve(draws.masses.size());
  for (const row::OutcomeMasses& by : draws.masses) {
    values.push_back(recipe.of_confusion({by.mass[row::kTruePositive], by.mass[row::kFalsePositive],
                                          by.mass[row::kFalseNegative], by.mass[row::kTrueNegative]}));
  }
  return sorted_values(std::move(values));
}

double centre_of(const OutcomeTable& fine, const CoarseTable& coarse, const IntervalRecipe& recipe) {
  if (recipe.of_confusion) return recipe.of_confusion(confusion_of(coarse.table));
  return recipe.loss ? MeanLoss::of(recipe, fine, coarse).value(coarse.table) : recipe.value(coarse.table);
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

// Replicates do not depend on the metric, so the first one that asks draws them for all.
TableReplicates& replicates_of(const ClassifierView& view, const Resampling& how) {
  const bool same = view.replicates != nullptr && view.replicates->how.key == how.key &&
                    view.replicates->how.replicates == how.replicates;
  if (!same) view.replicates = std::make_shared<TableReplicates>(TableReplicates{how, {}, {}, {}});
  return *view.replicates;
}

using Plan = void (*)(const ClassifierView&, TableReplicates&, std::vector<ReplicateItem>&);

// One of the tables of a view, drawn.
Result<const DrawnTable*> drawn(const ClassifierView& view, const Resampling& how,
                                std::optional<DrawnTable> TableReplicates::*which, Plan plan) {
  TableReplicates& all = replicates_of(view, how);
  if (all.*which) return &*(all.*which);
  std::vector<ReplicateItem> items;
  plan(view, all, items);
  Result<void> done = draw_replicates(*how.backend, items);
  if (!done.ok()) (all.*which).reset();
  LW_CHECK(std::move(done));
  return &*(all.*which);
}

}  // namespace

Resampling resampling_of(const MetricInput& input) {
  constexpr double kLevel = 0.95;
  const IntervalRule& rule = input.model->intervals;
  const std::uint64_t model = resample::key_of(rule.seed, hash_text(input.model->name));
  return {rule.resamples, kLevel, resample::key_of(model, input.place), input.backend};
}

void plan_replicates(const ClassifierView& view, const Resampling& how, bool realized, bool estimated,
                     std::vector<ReplicateItem>& items) {
  const PerformanceProfile& performance = *view.performance;
  if (!performance.unusable.empty()) return;
  TableReplicates& all = replicates_of(view, how);
  if (realized && view.realized.rows > 0) {
    plan_matrix(view, all, items);
    plan_realized(view, all, items);
  }
  if (estimated && performance.not_estimated.empty() && view.estimated.rows > 0) plan_estimate(view, all, items);
}

Result<void> bootstrap_realized(const IntervalRecipe& recipe, const ClassifierView& view, const Resampling& how,
                                MetricValue& out) {
  const bool four = static_cast<bool>(recipe.of_confusion);
  LW_TRY(const DrawnTable* const table, four ? drawn(view, how, &TableReplicates::matrix, plan_matrix)
                                             : drawn(view, how, &TableReplicates::realized, plan_realized));
  const std::vector<double> values = values_of(table->draws, recipe);
  if (!enough(values, how)) return {};
  const double centre =
      four ? recipe.of_confusion(confusion_of(view.realized)) : centre_of(view.realized, table->coarse, recipe);
  const double acceleration = acceleration_of(realized_error(recipe, view.realized).rows);
  set_ci(out, recipe, accelerated(values, centre, acceleration, how.level), out.value - centre, deviation(values));
  return {};
}

Result<void> bootstrap_estimated(const IntervalRecipe& recipe, const ClassifierView& view, double shift,
                                 const Resampling& how, MetricValue& out) {
  LW_TRY(const DrawnTable* const table, drawn(view, how, &TableReplicates::estimate, plan_estimate));
  const std::vector<double> population = values_of(table->draws, recipe);
  const std::vector<double> realized = values_of(table->labels, recipe);
  if (!enough(population, how) || !enough(realized, how)) return {};
  const double centre = centre_of(view.estimated, table->coarse, recipe);
  const double acceleration = acceleration_of(estimate_error(recipe, view).rows);
  const double move = out.value - centre + shift;
  set_ci(out, recipe, accelerated(population, centre, acceleration, how.level), move, deviation(population));
  out.pi_lower = std::clamp(quantile_of(realized, (1 - how.level) / 2) + move, recipe.least, recipe.greatest);
  out.pi_upper = std::clamp(quantile_of(realized, (1 + how.level) / 2) + move, recipe.least, recipe.greatest);
  return {};
}

}  // namespace longwatch::metrics
