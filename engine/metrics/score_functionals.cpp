// Functions of the masses by score: how well scores rank, and what they lose as probabilities.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/metrics/class_functionals.hpp"
#include "engine/state/compensated.hpp"

namespace longwatch::metrics {
namespace {

double smaller_class(const OutcomeTable& t) {
  const ClassMasses masses = scored_masses(t);
  return std::min(masses.positive, masses.negative);
}

double positives(const OutcomeTable& t) { return scored_masses(t).positive; }

// Mann-Whitney: pairs in the right order, tied ones half.
double roc_auc(const OutcomeTable& t) {
  CompensatedSum positive;
  CompensatedSum negative;
  CompensatedSum pairs;
  for (std::size_t i = 0; i < t.score.size(); ++i) {
    const double here = t.positive_at(i);
    pairs.add(t.negative_at(i) * (positive.value() + here / 2));
    positive.add(here);
    negative.add(t.negative_at(i));
  }
  const double all = positive.value() * negative.value();
  return all > 0 ? std::min(pairs.value() / all, 1.0) : kNaN;
}

// Sum of precision times the rise of recall, over groups of tied scores.
double average_precision(const OutcomeTable& t) {
  CompensatedSum positive;
  CompensatedSum rows;
  CompensatedSum sum;
  for (std::size_t i = 0; i < t.score.size(); ++i) {
    const double here = t.positive_at(i);
    positive.add(here);
    rows.add(here + t.negative_at(i));
    if (here > 0) sum.add(here * (positive.value() / rows.value()));
  }
  return positive.value() > 0 ? std::min(sum.value() / positive.value(), 1.0) : kNaN;
}

double log_loss(const OutcomeTable& t) {
  CompensatedSum sum;
  CompensatedSum rows;
  const bool known = !t.log_loss[0].empty();
  for (std::size_t i = 0; i < t.score.size(); ++i) {
    const double positive = t.positive_at(i);
    const double negative = t.negative_at(i);
    sum.add(positive * (known ? t.log_loss[1][i] : log_loss_of(t.score[i])));
    sum.add(negative * (known ? t.log_loss[0][i] : log_loss_of(1 - t.score[i])));
    rows.add(positive + negative);
  }
  return rows.value() > 0 ? sum.value() / rows.value() : kNaN;
}

double brier_score(const OutcomeTable& t) {
  CompensatedSum sum;
  CompensatedSum rows;
  for (std::size_t i = 0; i < t.score.size(); ++i) {
    const double score = t.score[i];
    sum.add(t.positive_at(i) * ((1 - score) * (1 - score)));
    sum.add(t.negative_at(i) * (score * score));
    rows.add(t.positive_at(i) + t.negative_at(i));
  }
  return rows.value() > 0 ? std::min(sum.value() / rows.value(), 1.0) : kNaN;
}

const IntervalRecipe& roc_auc_recipe() {
  static const IntervalRecipe kRecipe = area_under_roc(roc_auc);
  return kRecipe;
}
const IntervalRecipe& average_precision_recipe() {
  static const IntervalRecipe kRecipe = area_under_precision(average_precision);
  return kRecipe;
}
const IntervalRecipe& log_loss_recipe() {
  static const IntervalRecipe kRecipe = mean_log_loss();
  return kRecipe;
}
const IntervalRecipe& brier_score_recipe() {
  static const IntervalRecipe kRecipe = mean_square_loss();
  return kRecipe;
}

}  // namespace

ClassMasses scored_masses(const OutcomeTable& t) {
  CompensatedSum positive;
  CompensatedSum negative;
  for (std::size_t i = 0; i < t.score.size(); ++i) {
    positive.add(t.positive_at(i));
    negative.add(t.negative_at(i));
  }
  return {positive.value(), negative.value()};
}

const Functional kAveragePrecision = {average_precision, "no row with a score is positive", true, positives,
                                      average_precision_recipe};
const Functional kBrierScore = {brier_score, "no row has a score", true, nullptr, brier_score_recipe,
                                class_brier_score};
const Functional kLogLoss = {log_loss, "no row has a score", true, nullptr, log_loss_recipe, class_log_loss};
const Functional kRocAuc = {roc_auc, "only one class occurs here", true, smaller_class, roc_auc_recipe};

std::span<const IntervalRecipe* const> scored_recipes() {
  static const IntervalRecipe* const kRecipes[] = {&roc_auc_recipe(), &average_precision_recipe(), &log_loss_recipe(),
                                                   &brier_score_recipe()};
  return kRecipes;
}

}  // namespace longwatch::metrics
