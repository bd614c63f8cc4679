// Metrics that several classes have a formula of their own for.
#include "engine/metrics/class_functionals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/state/compensated.hpp"

namespace longwatch::metrics {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

const ClassMatrix& matrix_of(const ClassesView& view, bool estimated) {
  return estimated ? view.estimated : view.realized;
}

double rarest_label(const ClassMatrix& m) {
  double least = kNaN;
  for (std::size_t c = 0; c < m.classes; ++c) {
    const double rows = m.label_rows(c);
    if (rows > 0 && !(least <= rows)) least = rows;
  }
  return least;
}

// The mean over the rows of what `positive` and `negative` add per unit of mass at a score, over all scored classes.
template <class Positive, class Negative>
Averaged mean_over_scores(const ClassesView& view, bool estimated, Positive positive, Negative negative) {
  CompensatedSum sum;
  CompensatedSum rows;
  for (const ClassView& one : view.classes) {
    const OutcomeTable& t = estimated ? one.estimated : one.realized;
    for (std::size_t i = 0; i < t.score.size(); ++i) {
      const double mass = t.positive[0][i] + t.positive[1][i];
      if (mass > 0) sum.add(mass * positive(t.score[i]));
      sum.add((t.negative[0][i] + t.negative[1][i]) * negative(t.score[i]));
      rows.add(mass);
    }
  }
  Averaged out;
  out.value = sum.value() / rows.value();
  if (!(rows.value() > 0)) out.undefined = "no row with scores has a label that has a score";
  return out;
}

}  // namespace

Averaged class_accuracy(const ClassesView& view, bool estimated) {
  const ClassMatrix& m = matrix_of(view, estimated);
  CompensatedSum right;
  for (std::size_t c = 0; c < m.classes; ++c) right.add(m.at(c, c));
  Averaged out;
  out.value = std::min(right.value() / m.rows, 1.0);
  return out;
}

Averaged class_balanced_accuracy(const ClassesView& view, bool estimated) {
  const ClassMatrix& m = matrix_of(view, estimated);
  CompensatedSum sum;
  int classes = 0;
  for (std::size_t c = 0; c < m.classes; ++c) {
    const double rows = m.label_rows(c);
    if (!(rows > 0)) continue;
    sum.add(m.at(c, c) / rows);
    ++classes;
  }
  Averaged out;
  out.value = sum.value() / classes;
  out.events = rarest_label(m);
  if (classes < 2) out.undefined = "only one class occurs here";
  return out;
}

Averaged class_matthews_correlation(const ClassesView& view, bool estimated) {
  const ClassMatrix& m = matrix_of(view, estimated);
  CompensatedSum covariance;
  CompensatedSum predicted;
  CompensatedSum actual;
  for (std::size_t c = 0; c < m.classes; ++c) {
    const double rows_predicted = m.predicted_rows(c);
    const double rows_labelled = m.label_rows(c);
    covariance.add(m.at(c, c) * m.rows - rows_predicted * rows_labelled);
    predicted.add(rows_predicted * (m.rows - rows_predicted));
    actual.add(rows_labelled * (m.rows - rows_labelled));
  }
  Averaged out;
  out.events = rarest_label(m);
  if (!(predicted.value() > 0 && actual.value() > 0)) {
    out.undefined = "only one class, or only one prediction, occurs here";
    return out;
  }
  const double value = covariance.value() / (std::sqrt(predicted.value()) * std::sqrt(actual.value()));
  out.value = std::clamp(value, -1.0, 1.0);
  return out;
}

Averaged class_log_loss(const ClassesView& view, bool estimated) {
  return mean_over_scores(
      view, estimated, [](double score) { return -std::log(std::clamp(score, kEps, 1 - kEps)); },
      [](double) { return 0.0; });
}

Averaged class_brier_score(const ClassesView& view, bool estimated) {
  return mean_over_scores(
      view, estimated, [](double score) { return (1 - score) * (1 - score); },
      [](double score) { return score * score; });
}

}  // namespace longwatch::metrics
