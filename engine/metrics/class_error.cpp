// Variances of metrics of several classes.
#include "engine/metrics/class_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/metrics/class_functionals.hpp"
#include "engine/state/class_row.hpp"

namespace longwatch::metrics {
namespace {

double in_rows(int128 sum) { return std::ldexp(static_cast<double>(sum), -row::kProbabilityBits); }

ClassError realized_matrix_error(const ClassMatrix& m, const std::vector<double>& gradient) {
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    sum += m.mass[i] * gradient[i];
    squares += m.mass[i] * gradient[i] * gradient[i];
  }
  return {std::max(0.0, squares - sum * sum / m.rows), 0};
}

// q of a row is its expected gradient, sum over c of p_c g_c. Returns the sum of q^2 over the rows predicted as one
// class: exactly, or, of more classes than products are kept for, its bounds by Jensen and Cauchy.
struct Bounds {
  double least = 0;
  double most = 0;
};
Bounds squares_of_rows(const PredictedRows& rows, const double* gradient, std::size_t k) {
  Bounds out;
  if (k <= static_cast<std::size_t>(kMaxProductClasses)) {
    for (std::size_t c = 0; c < k; ++c) {
      for (std::size_t d = 0; d <= c; ++d) {
        const double both = in_rows(rows.products[product_at(k, c, d)]) * gradient[c] * gradient[d];
        out.most += c == d ? both : 2 * both;
      }
    }
    return {out.most, out.most};
  }
  double sum = 0;
  for (std::size_t c = 0; c < k; ++c) {
    sum += in_rows(rows.sums[c]) * gradient[c];
    out.most += in_rows(rows.sums[c]) * gradient[c] * gradient[c];
  }
  if (rows.scored > 0) out.least = sum * sum / static_cast<double>(rows.scored);
  return out;
}

ClassError estimated_matrix_error(const ClassesView& view, const std::vector<double>& gradient) {
  const std::size_t k = view.estimated.classes;
  double sum = 0;
  double squares = 0;  // of the gradient of every possible label
  Bounds of_rows;
  for (const PredictedRows& rows : view.state->predicted) {
    const double* g = gradient.data() + rows.predicted * k;
    for (std::size_t c = 0; c < k; ++c) {
      sum += in_rows(rows.sums[c]) * g[c];
      squares += in_rows(rows.sums[c]) * g[c] * g[c];
    }
    const Bounds own = squares_of_rows(rows, g, k);
    of_rows.least += own.least;
    of_rows.most += own.most;
  }
  return {std::max(0.0, of_rows.most - sum * sum / view.estimated.rows), std::max(0.0, squares - of_rows.least)};
}

// Of a function of the scores of one class against the rest. The prediction does not matter to it.
ClassError ranked_error(const OutcomeTable& table, bool estimated, const IntervalRecipe& recipe) {
  const Gradient gradient = recipe.gradient(table);
  double sum = 0;
  double squares = 0;
  double rows = 0;
  double labels = 0;
  for (std::size_t i = 0; i < table.score.size(); ++i) {
    const double positive = table.positive_at(i);
    const double negative = table.negative_at(i);
    const double of_positive = gradient.positive[i];
    const double of_negative = gradient.negative[i];
    const double n = positive + negative;
    rows += n;
    if (!estimated) {
      sum += positive * of_positive + negative * of_negative;
      squares += positive * of_positive * of_positive + negative * of_negative * of_negative;
      continue;
    }
    const double c = n > 0 ? positive / n : 0;
    const double q = c * of_positive + (1 - c) * of_negative;
    sum += n * q;
    squares += n * q * q;
    labels += n * c * (1 - c) * (of_positive - of_negative) * (of_positive - of_negative);
  }
  return {std::max(0.0, squares - sum * sum / rows), labels};
}

// The losses of rows lie apart as those of their labels do; how far an estimate's rows lie apart is at most that.
ClassError log_loss_error(const ClassesView& view, bool estimated) {
  const double mean = class_log_loss(view, estimated).value;
  double squares = 0;
  double rows = 0;
  for (const ClassView& one : view.classes) {
    const OutcomeTable& t = estimated ? one.estimated : one.realized;
    for (std::size_t i = 0; i < t.score.size(); ++i) {
      const double mass = t.positive_at(i);
      if (!(mass > 0)) continue;
      const double off = log_loss_of(t.score[i]) - mean;
      squares += mass * off * off;
      rows += mass;
    }
  }
  const double variance = squares / (rows * rows);
  return {variance, estimated ? variance : 0};
}

double weight_of(const OutcomeTable& table, const ClassesView& view, bool estimated, Average average, bool sum) {
  if (sum) return 1;
  double all = 0;
  for (const ClassView& one : view.classes) {
    const OutcomeTable& t = estimated ? one.estimated : one.realized;
    if (one.scored) all += average == Average::macro ? 1 : label_weight(t, true);
  }
  return (average == Average::macro ? 1 : label_weight(table, true)) / all;
}

// Errors of the classes, added up as if fully correlated.
ClassError sum_of_errors(const ClassesView& view, bool estimated, const Functional& functional, Average average) {
  ClassError root{0, 0};
  for (const ClassView& one : view.classes) {
    const OutcomeTable& table = estimated ? one.estimated : one.realized;
    const double weight = weight_of(table, view, estimated, average, functional.of_classes != nullptr);
    if (table.score.empty() || weight == 0) continue;
    const ClassError own = ranked_error(table, estimated, functional.recipe());
    root.sampling += weight * std::sqrt(own.sampling);
    root.labels += weight * std::sqrt(own.labels);
  }
  return {root.sampling * root.sampling, root.labels * root.labels};
}

}  // namespace

ClassError matrix_error(const ClassesView& view, bool estimated, const std::vector<double>& gradient) {
  for (const double slope : gradient) {
    if (!std::isfinite(slope)) return {};
  }
  return estimated ? estimated_matrix_error(view, gradient) : realized_matrix_error(view.realized, gradient);
}

ClassError class_error(const ClassesView& view, bool estimated, const Functional& functional, Average average) {
  if (functional.recipe == nullptr) return {};
  if (&functional == &kLogLoss) return log_loss_error(view, estimated);
  if (functional.ranked) {
    if (average != Average::micro) return sum_of_errors(view, estimated, functional, average);
    // Each row stands in the pooled table once for every class: (x_1 + ... + x_K)^2 <= K (x_1^2 + ... + x_K^2).
    ClassError out = ranked_error(pooled(view, estimated, true), estimated, functional.recipe());
    const auto classes = static_cast<double>(view.classes.size());
    out.sampling *= classes;
    out.labels *= classes;
    return out;
  }
  const std::vector<double> gradient = class_gradient(view, estimated, functional, average);
  if (gradient.empty()) return {};
  return matrix_error(view, estimated, gradient);
}

}  // namespace longwatch::metrics
