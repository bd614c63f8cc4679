// Metrics that several classes have a formula of their own for.
#include "engine/metrics/class_functionals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/state/compensated.hpp"

namespace longwatch::metrics {
namespace {

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
      const double mass = t.positive_at(i);
      if (mass > 0) sum.add(mass * positive(t.score[i]));
      sum.add(t.negative_at(i) * negative(t.score[i]));
      rows.add(mass);
    }
  }
  Averaged out;
  out.value = sum.value() / rows.value();
  if (!(rows.value() > 0)) out.undefined = "no row with scores has a label that has a score";
  return out;
}

// d of a function v(M) of the matrix, entry by entry.
template <class Slope>
std::vector<double> by_entry(const ClassMatrix& m, Slope slope) {
  std::vector<double> out;
  out.reserve(m.mass.size());
  for (std::size_t p = 0; p < m.classes; ++p) {
    for (std::size_t l = 0; l < m.classes; ++l) out.push_back(slope(p, l));
  }
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
  return mean_over_scores(view, estimated, log_loss_of, [](double) { return 0.0; });
}

Averaged class_brier_score(const ClassesView& view, bool estimated) {
  return mean_over_scores(
      view, estimated, [](double score) { return (1 - score) * (1 - score); },
      [](double score) { return score * score; });
}

std::vector<double> class_accuracy_gradient(const ClassMatrix& m) {
  double right = 0;
  for (std::size_t c = 0; c < m.classes; ++c) right += m.at(c, c) / m.rows;
  return by_entry(m, [&](std::size_t p, std::size_t l) { return ((p == l ? 1 : 0) - right) / m.rows; });
}

std::vector<double> class_balanced_accuracy_gradient(const ClassMatrix& m) {
  std::vector<double> rows;
  double classes = 0;
  for (std::size_t c = 0; c < m.classes; ++c) {
    rows.push_back(m.label_rows(c));
    if (rows.back() > 0) classes += 1;
  }
  return by_entry(m, [&](std::size_t p, std::size_t l) {
    return rows[l] > 0 ? ((p == l ? 1 : 0) - m.at(l, l) / rows[l]) / (rows[l] * classes) : 0;
  });
}

// v = N / sqrt(A B), N = c n - sum of P_k T_k, A = n^2 - sum of P_k^2, B = n^2 - sum of T_k^2.
std::vector<double> class_matthews_correlation_gradient(const ClassMatrix& m) {
  std::vector<double> predicted;
  std::vector<double> labels;
  double right = 0;
  double numerator = 0;
  double a = m.rows * m.rows;
  double b = a;
  for (std::size_t c = 0; c < m.classes; ++c) {
    predicted.push_back(m.predicted_rows(c));
    labels.push_back(m.label_rows(c));
    right += m.at(c, c);
    numerator -= predicted[c] * labels[c];
    a -= predicted[c] * predicted[c];
    b -= labels[c] * labels[c];
  }
  numerator += right * m.rows;
  const double root = std::sqrt(a) * std::sqrt(b);
  return by_entry(m, [&](std::size_t p, std::size_t l) {
    const double of_numerator = (p == l ? m.rows : 0) + right - labels[p] - predicted[l];
    return of_numerator / root - numerator / root * ((m.rows - predicted[p]) / a + (m.rows - labels[l]) / b);
  });
}

}  // namespace longwatch::metrics
