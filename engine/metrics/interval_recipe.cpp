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
  for (std::size_t j = 0; j < table.score.size(); ++j) sum += table.positive_at(j) + table.negative_at(j);
  return sum;
}

Gradient of_size(std::size_t scores) { return {std::vector<double>(scores), std::vector<double>(scores)}; }

Gradient roc_gradient(const OutcomeTable& table) {
  const std::size_t n = table.score.size();
  Gradient out = of_size(n);
  double positives = 0, negatives = 0;
  for (std::size_t j = 0; j < n; ++j) {
    positives += table.positive_at(j);
    negatives += table.negative_at(j);
  }
  const double scale = 1 / (positives * negatives);
  double above = 0, below = negatives, pairs = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double p = table.positive_at(j);
    const double q = table.negative_at(j);
    below -= q;
    out.positive[j] = below + q / 2;
    out.negative[j] = above + p / 2;
    pairs += p * (below + q / 2);
    above += p;
  }
  const double area = pairs * scale;
  for (std::size_t j = 0; j < n; ++j) {
    out.positive[j] = out.positive[j] * scale - area / positives;
    out.negative[j] = out.negative[j] * scale - area / negatives;
  }
  return out;
}

Gradient precision_gradient(const OutcomeTable& table) {
  const std::size_t n = table.score.size();
  Gradient out = of_size(n);  // at first: positives, and rows, down to each score
  double above = 0, rows = 0, area = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double p = table.positive_at(j);
    above += p;
    rows += p + table.negative_at(j);
    out.positive[j] = above;
    out.negative[j] = rows;
    if (rows > 0) area += p * above / rows;
  }
  const double positives = above;
  area /= positives;
  double gain = 0, loss = 0;  // sums over this cut-off and the later ones
  for (std::size_t j = n; j-- > 0;) {
    const double p = table.positive_at(j);
    const double tp = out.positive[j];
    const double all = out.negative[j];
    const double precision = all > 0 ? tp / all : 1;
    if (all > 0) {
      gain += p * (all - tp) / (all * all);
      loss += p * tp / (all * all);
    }
    out.positive[j] = (precision + gain - area) / positives;
    out.negative[j] = -loss / positives;
  }
  return out;
}

// Types, not functions, so that the loops below have them in place.
struct LogLoss {
  double operator()(const OutcomeTable& table, std::size_t j, bool positive) const {
    const std::vector<double>& known = table.log_loss[positive ? 1 : 0];
    return !known.empty() ? known[j] : log_loss_of(positive ? table.score[j] : 1 - table.score[j]);
  }
};
struct SquareLoss {
  double operator()(const OutcomeTable& table, std::size_t j, bool positive) const {
    const double off = positive ? 1 - table.score[j] : table.score[j];
    return off * off;
  }
};

template <class Loss>
double mean_of(const OutcomeTable& table, Loss loss) {
  double sum = 0;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    sum += table.positive_at(j) * loss(table, j, true) + table.negative_at(j) * loss(table, j, false);
  }
  return sum / scored_mass(table);
}

template <class Loss>
Gradient loss_gradient(const OutcomeTable& table, Loss loss) {
  Gradient out = of_size(table.score.size());
  const double rows = scored_mass(table);
  double sum = 0;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    out.positive[j] = loss(table, j, true);
    out.negative[j] = loss(table, j, false);
    sum += table.positive_at(j) * out.positive[j] + table.negative_at(j) * out.negative[j];
  }
  const double mean = sum / rows;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    out.positive[j] = (out.positive[j] - mean) / rows;
    out.negative[j] = (out.negative[j] - mean) / rows;
  }
  return out;
}

template <class Loss>
IntervalRecipe mean_loss(Loss loss, double greatest) {
  IntervalRecipe out;
  out.value = [loss](const OutcomeTable& table) { return mean_of(table, loss); };
  out.gradient = [loss](const OutcomeTable& table) { return loss_gradient(table, loss); };
  out.loss = loss;
  out.greatest = greatest;
  return out;
}

// A row adds to the precision at its own cut-off: (1 - precision) / (rows down to it) too much. And the number of
// positives, which divides, varies with the sum above it. `probability`: of an estimate; its rows count by parts.
Bias precision_bias(const OutcomeTable& table, const std::vector<double>* probability, const Gradient& gradient) {
  double above = 0, rows = 0;
  Bias out;
  for (std::size_t j = 0; j < table.score.size(); ++j) {
    const double p = table.positive_at(j);
    const double n = p + table.negative_at(j);
    above += p;
    rows += n;
    if (!(rows > 0)) continue;
    const double up = gradient.positive[j];
    if (probability == nullptr) {
      out.value += p * ((1 - above / rows) / rows - up);
      continue;
    }
    const double c = (*probability)[j];
    const double down = gradient.negative[j];
    out.value += n * c * ((c - above / rows) / rows - (c * up + (1 - c) * down));
    out.realized += n * c * (1 - c) * (1 / rows - (up - down));
  }
  return {out.value / above, out.realized / above};
}

}  // namespace

Confusion confusion_of(const OutcomeTable& table) {
  return {table.true_positive, table.false_positive, table.false_negative, table.true_negative};
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

IntervalRecipe mean_log_loss() { return mean_loss(LogLoss{}, std::numeric_limits<double>::infinity()); }

IntervalRecipe mean_square_loss() { return mean_loss(SquareLoss{}, 1); }

IntervalRecipe area_under_roc(std::function<double(const OutcomeTable&)> value) {
  IntervalRecipe out;
  out.value = std::move(value);
  out.form = Form::logit;
  out.gradient = roc_gradient;
  out.method = "logit_delong";
  return out;
}

IntervalRecipe area_under_precision(std::function<double(const OutcomeTable&)> value) {
  IntervalRecipe out;
  out.value = std::move(value);
  out.form = Form::logit;
  out.gradient = precision_gradient;
  out.bias = precision_bias;
  out.method = "logit_delta";
  return out;
}

}  // namespace longwatch::metrics
