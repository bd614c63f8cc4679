// Values of the confusion matrix of several classes.
#include "engine/metrics/class_totals.hpp"

#include <cmath>

#include "engine/metrics/class_interval.hpp"

namespace longwatch::metrics {
namespace {

ClassMatrix of_rows(ClassMatrix matrix, double rows) {
  for (double& mass : matrix.mass) mass *= rows / matrix.rows;
  matrix.rows = rows;
  return matrix;
}

// What chance does to a chunk of so many rows of the reference.
void add_null(const ClassesView& reference, bool estimated, double rows, const MatrixFunction& h, MetricValue& out) {
  const ClassMatrix& all = estimated ? reference.estimated : reference.realized;
  if (!(all.rows > 0)) return;
  const ClassMatrix matrix = of_rows(all, rows);
  const Result<double> expected = h.value(matrix);
  if (!expected.ok()) return;
  const double variance = matrix_error(reference, estimated, h.gradient(matrix)).sampling * rows / all.rows;
  set_null(out.null, expected.value(), variance, rows, all.rows);
}

}  // namespace

MetricValue class_value(const MetricInput& input, Family family, const MatrixFunction& h) {
  return with_classes(input, family, [&](const ClassesView& view, bool estimated) {
    const ClassMatrix& matrix = estimated ? view.estimated : view.realized;
    const Result<double> value = h.value(matrix);
    if (!value.ok()) return MetricValue::undefined(value.error().what);
    MetricValue out = value_of(value.value());
    if (input.value_only) return out;
    add_matrix_interval(view, estimated, h.gradient(matrix), out);
    if (input.reference_classes != nullptr) add_null(*input.reference_classes, estimated, matrix.rows, h, out);
    return out;
  });
}

}  // namespace longwatch::metrics
