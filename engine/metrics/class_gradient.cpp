// From the slopes of one class against the rest to those of the whole confusion matrix.
#include <cmath>

#include "engine/metrics/class_error.hpp"
#include "engine/metrics/class_functionals.hpp"
#include "engine/metrics/metric_errors.hpp"

namespace longwatch::metrics {
namespace {

Confusion confusion_at(const ClassMatrix& m, std::size_t c) {
  Confusion out;
  out.tp = m.at(c, c);
  out.fp = m.predicted_rows(c) - out.tp;
  out.fn = m.label_rows(c) - out.tp;
  out.tn = m.rows - out.tp - out.fp - out.fn;
  return out;
}

// Every entry's d, given each class's slopes: a row is a true positive of its class or a false positive of the
// predicted one and a false negative of its own, and a true negative of all others.
void add_slopes(const std::vector<ByCell>& slopes, std::vector<double>& out) {
  const std::size_t k = slopes.size();
  double others = 0;
  for (const ByCell& slope : slopes) others += slope[3];
  for (std::size_t p = 0; p < k; ++p) {
    for (std::size_t l = 0; l < k; ++l) {
      const double own =
          p == l ? slopes[p][0] - slopes[p][3] : slopes[p][1] - slopes[p][3] + slopes[l][2] - slopes[l][3];
      out[p * k + l] += others + own;
    }
  }
}

// Slopes of the functional at a confusion matrix; 0 where it has no value, which then counts as 0.
ByCell slopes_at(const Functional& functional, const Confusion& m) {
  const IntervalRecipe& recipe = functional.recipe();
  if (std::isnan(recipe.of_confusion(m))) return {};
  ByCell out = slopes(recipe, m);
  for (double& slope : out) slope = std::isfinite(slope) ? slope : 0;
  return out;
}

std::vector<double> macro_gradient(const ClassMatrix& m, const Functional& functional) {
  std::vector<ByCell> slopes(m.classes);
  double classes = 0;
  for (std::size_t c = 0; c < m.classes; ++c) {
    const Confusion own = confusion_at(m, c);
    if (!(own.tp + own.fn + own.fp > 0)) continue;
    classes += 1;
    slopes[c] = slopes_at(functional, own);
  }
  std::vector<double> out(m.classes * m.classes, 0);
  add_slopes(slopes, out);
  for (double& slope : out) slope /= classes;
  return out;
}

// T = sum of t_c h_c / n: the weights t_c, the rows of each label, move too.
std::vector<double> weighted_gradient(const ClassMatrix& m, const Functional& functional) {
  std::vector<ByCell> slopes(m.classes);
  std::vector<double> values(m.classes, 0);
  double mean = 0;
  for (std::size_t c = 0; c < m.classes; ++c) {
    const Confusion own = confusion_at(m, c);
    const double weight = own.tp + own.fn;
    const double value = functional.recipe().of_confusion(own);
    values[c] = std::isnan(value) ? 0 : value;
    mean += weight * values[c] / m.rows;
    slopes[c] = slopes_at(functional, own);
    for (double& slope : slopes[c]) slope *= weight / m.rows;
  }
  std::vector<double> out(m.classes * m.classes, 0);
  add_slopes(slopes, out);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += (values[i % m.classes] - mean) / m.rows;
  return out;
}

std::vector<double> micro_gradient(const ClassMatrix& m, const Functional& functional) {
  Confusion sum;
  for (std::size_t c = 0; c < m.classes; ++c) {
    const Confusion own = confusion_at(m, c);
    sum.tp += own.tp;
    sum.fp += own.fp;
    sum.fn += own.fn;
    sum.tn += own.tn;
  }
  std::vector<double> out(m.classes * m.classes, 0);
  add_slopes(std::vector<ByCell>(m.classes, slopes_at(functional, sum)), out);
  return out;
}

}  // namespace

std::vector<double> class_gradient(const ClassesView& view, bool estimated, const Functional& functional,
                                   Average average) {
  const ClassMatrix& m = estimated ? view.estimated : view.realized;
  if (&functional == &kAccuracy) return class_accuracy_gradient(m);
  if (&functional == &kBalancedAccuracy) return class_balanced_accuracy_gradient(m);
  if (&functional == &kMatthewsCorrelation) return class_matthews_correlation_gradient(m);
  if (functional.ranked || functional.recipe == nullptr) return {};
  switch (average) {
    case Average::macro:
      return macro_gradient(m, functional);
    case Average::weighted:
      return weighted_gradient(m, functional);
    case Average::micro:
      return micro_gradient(m, functional);
  }
  return {};
}

}  // namespace longwatch::metrics
