// The kinds of recipes: their values, gradients and biases.
#include "engine/metrics/interval_recipe.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {
namespace {

double mass_of(const Confusion& m, unsigned cells) {
  return ((cells & kTp) != 0 ? m.tp : 0) + ((cells & kFp) != 0 ? m.fp : 0) + ((cells & kFn) != 0 ? m.fn : 0) +
         ((cells & kTn) != 0 ? m.tn : 0);
}

double value_of_shares(const Confusion& m, const std::vector<Proportion>& shares, bool dice) {
  double sum = 0;
  for (const Proportion& share : shares) sum += mass_of(m, share.numerator) / mass_of(m, share.denominator);
  const double mean = sum / static_cast<double>(shares.size());
  if (!std::isfinite(mean)) return kNaN;
  return dice ? 2 * mean / (1 + mean) : mean;
}

double scored_mass(const OutcomeTable& table) {
  double sum = 0;
  for (int p = 0; p < 2; ++p) {
    for (std::size_t j = 0; j < table.score.size(); ++j) sum += table.positive[p][j] + table.negative[p][j];
  }
  return sum;
}

void roc_gradient(const OutcomeTable& table, Gradient& out) {
  const std::size_t n = table.score.size();
  double positives = 0, negatives = 0;
  for (std::size_t j = 0; j < n; ++j) {
    positives += table.positive[0][j] + table.positive[1][j];
    negatives += table.negative[0][j] + table.negative[1][j];
  }
  const double scale = 1 / (positives * negatives);
  double above = 0, below = negatives, pairs = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double p = table.positive[0][j] + table.positive[1][j];
    const double q = table.negative[0][j] + table.negative[1][j];
    below -= q;
    out.positive[0][j] = below + q / 2;
    out.negative[0][j] = above + p / 2;
    pairs += p * (below + q / 2);
    above += p;
  }
  const double area = pairs * scale;
  for (std::size_t j = 0; j < n; ++j) {
    out.positive[0][j] = out.positive[0][j] * scale - area / positives;
    out.negative[0][j] = out.negative[0][j] * scale - area / negatives;
  }
  out.positive[1] = out.positive[0];
  out.negative[1] = out.negative[0];
}

void precision_gradient(const OutcomeTable& table, Gradient& out) {
  const std::size_t n = table.score.size();
  double above = 0, rows = 0, area = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double p = table.positive[0][j] + table.positive[1][j];
    above += p;
    rows += p + table.negative[0][j] + table.negative[1][j];
    out.positive[1][j] = above;
    out.negative[1][j] = rows;
    if (rows > 0) area += p * above / rows;
  }
  const double positives = above;
  area /= positives;
  double gain = 0, loss = 0;  // sums over this cut-off and the later ones
  for (std::size_t j = n; j-- > 0;) {
    const double p = table.positive[0][j] + table.positive[1][j];
    const double tp = out.positive[1][j];
    const double all = out.negative[1][j];
    const double precision = all > 0 ? tp / all : 1;
    if (all > 0) {
      gain += p * (all - tp) / (all * all);
      loss += p * tp / (all * all);
    }
    out.positive[0][j] = out.positive[1][j] = (precision + gain - area) / positives;
    out.negative[0][j] = out.negative[1][j] = -loss / positives;
  }
}

void loss_gradient(const OutcomeTable& table, const std::function<double(double, bool)>& loss, Gradient& out) {
  const double rows = scored_mass(table);
  double sum = 0;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    const double positive = loss(table.score[j], true);
    const double negative = loss(table.score[j], false);
    const double p = table.positive[0][j] + table.positive[1][j];
    const double q = table.negative[0][j] + table.negative[1][j];
    sum += (p > 0 ? p * positive : 0) + (q > 0 ? q * negative : 0);
    out.positive[0][j] = positive;
    out.negative[0][j] = negative;
  }
  const double mean = sum / rows;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    out.positive[0][j] = out.positive[1][j] = (out.positive[0][j] - mean) / rows;
    out.negative[0][j] = out.negative[1][j] = (out.negative[0][j] - mean) / rows;
  }
}

// A row adds to the precision at its own cut-off: (1 - precision) / (rows down to it) too much. And the number of
// positives, which divides, varies with the sum above it. `probability`: of an estimate; its rows count by parts.
Bias precision_bias(const OutcomeTable& table, const std::vector<double>* probability, const Gradient& gradient) {
  double above = 0, rows = 0;
  Bias out;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    const double p = table.positive[0][j] + table.positive[1][j];
    const double n = p + table.negative[0][j] + table.negative[1][j];
    above += p;
    rows += n;
    if (!(rows > 0)) continue;
    const double up = gradient.positive[0][j];
    if (probability == nullptr) {
      out.value += p * ((1 - above / rows) / rows - up);
      continue;
    }
    const double c = (*probability)[j];
    const double down = gradient.negative[0][j];
    out.value += n * c * ((c - above / rows) / rows - (c * up + (1 - c) * down));
    out.realized += n * c * (1 - c) * (1 / rows - (up - down));
  }
  return {out.value / above, out.realized / above};
}

}  // namespace

Confusion confusion_of(const OutcomeTable& table) {
  return {table.true_positive, table.false_positive, table.false_negative, table.true_negative};
}

void Gradient::resize(std::size_t scores) {
  for (int p = 0; p < 2; ++p) {
    positive[p].assign(scores, 0);
    negative[p].assign(scores, 0);
    unscored_positive[p] = unscored_negative[p] = 0;
  }
}

IntervalRecipe mean_of_shares(std::vector<Proportion> shares, bool dice) {
  IntervalRecipe out;
  out.of_confusion = [shares, dice](const Confusion& m) { return value_of_shares(m, shares, dice); };
  out.value = [h = out.of_confusion](const OutcomeTable& table) { return h(confusion_of(table)); };
  out.shares = std::move(shares);
  out.dice = dice;
  return out;
}

IntervalRecipe count_of_cells(unsigned cells) {
  IntervalRecipe out;
  out.of_confusion = [cells](const Confusion& m) { return mass_of(m, cells); };
  out.value = [cells](const OutcomeTable& table) { return mass_of(confusion_of(table), cells); };
  out.shares = {{cells, kAllCells}};
  out.total = true;
  out.greatest = std::numeric_limits<double>::infinity();
  return out;
}

IntervalRecipe function_of_confusion(std::function<double(const Confusion&)> h, double least, double greatest) {
  IntervalRecipe out;
  out.value = [h](const OutcomeTable& table) { return h(confusion_of(table)); };
  out.of_confusion = std::move(h);
  out.least = least;
  out.greatest = greatest;
  return out;
}

IntervalRecipe mean_loss(std::function<double(double, bool)> loss, double least, double greatest) {
  IntervalRecipe out;
  out.value = [loss](const OutcomeTable& table) {
    double sum = 0;
    for (std::size_t j = 0; j < table.score.size(); ++j) {
      const double p = table.positive[0][j] + table.positive[1][j];
      const double q = table.negative[0][j] + table.negative[1][j];
      if (p > 0) sum += p * loss(table.score[j], true);
      if (q > 0) sum += q * loss(table.score[j], false);
    }
    return sum / scored_mass(table);
  };
  out.gradient = [loss](const OutcomeTable& table, Gradient& gradient) {
    gradient.resize(table.score.size());
    loss_gradient(table, loss, gradient);
  };
  out.loss = std::move(loss);
  out.least = least;
  out.greatest = greatest;
  return out;
}

IntervalRecipe area_under_roc(std::function<double(const OutcomeTable&)> value) {
  IntervalRecipe out;
  out.value = std::move(value);
  out.form = Form::logit;
  out.gradient = [](const OutcomeTable& table, Gradient& gradient) {
    gradient.resize(table.score.size());
    roc_gradient(table, gradient);
  };
  out.method = "logit_delong";
  return out;
}

IntervalRecipe area_under_precision(std::function<double(const OutcomeTable&)> value) {
  IntervalRecipe out;
  out.value = std::move(value);
  out.form = Form::logit;
  out.gradient = [](const OutcomeTable& table, Gradient& gradient) {
    gradient.resize(table.score.size());
    precision_gradient(table, gradient);
  };
  out.bias = precision_bias;
  out.method = "logit_delta";
  return out;
}

}  // namespace longwatch::metrics
