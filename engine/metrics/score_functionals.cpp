// Functions of the masses by score: how well scores rank, and what they lose as probabilities.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/metrics/class_functionals.hpp"
#include "engine/state/compensated.hpp"

namespace longwatch::metrics {
namespace {

double positive_at(const OutcomeTable& t, std::size_t i) { return t.positive[0][i] + t.positive[1][i]; }
double negative_at(const OutcomeTable& t, std::size_t i) { return t.negative[0][i] + t.negative[1][i]; }

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
    const double here = positive_at(t, i);
    pairs.add(negative_at(t, i) * (positive.value() + here / 2));
    positive.add(here);
    negative.add(negative_at(t, i));
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
    const double here = positive_at(t, i);
    positive.add(here);
    rows.add(here + negative_at(t, i));
    if (here > 0) sum.add(here * (positive.value() / rows.value()));
  }
  return positive.value() > 0 ? std::min(sum.value() / positive.value(), 1.0) : kNaN;
}

// Scores of 0 and 1 are taken this far inside, as scikit-learn does.
constexpr double kEps = std::numeric_limits<double>::epsilon();

double loss_of(double probability) { return -std::log(std::clamp(probability, kEps, 1 - kEps)); }

double log_loss(const OutcomeTable& t) {
  CompensatedSum sum;
  CompensatedSum rows;
  for (std::size_t i = 0; i < t.score.size(); ++i) {
    const double positive = positive_at(t, i);
    const double negative = negative_at(t, i);
    if (positive > 0) sum.add(positive * loss_of(t.score[i]));
    if (negative > 0) sum.add(negative * loss_of(1 - t.score[i]));
    rows.add(positive + negative);
  }
  return rows.value() > 0 ? sum.value() / rows.value() : kNaN;
}

double brier_score(const OutcomeTable& t) {
  CompensatedSum sum;
  CompensatedSum rows;
  for (std::size_t i = 0; i < t.score.size(); ++i) {
    const double score = t.score[i];
    sum.add(positive_at(t, i) * ((1 - score) * (1 - score)));
    sum.add(negative_at(t, i) * (score * score));
    rows.add(positive_at(t, i) + negative_at(t, i));
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
  static const IntervalRecipe kRecipe = mean_loss([](double s, bool y) { return loss_of(y ? s : 1 - s); }, 0,
                                                  std::numeric_limits<double>::infinity());
  return kRecipe;
}
const IntervalRecipe& brier_score_recipe() {
  static const IntervalRecipe kRecipe =
      mean_loss([](double s, bool y) { return y ? (1 - s) * (1 - s) : s * s; }, 0, 1);
  return kRecipe;
}

}  // namespace

ClassMasses scored_masses(const OutcomeTable& t) {
  CompensatedSum positive;
  CompensatedSum negative;
  for (std::size_t i = 0; i < t.score.size(); ++i) {
    positive.add(positive_at(t, i));
    negative.add(negative_at(t, i));
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
