// Values of the confusion matrix of several classes.
#include "engine/metrics/class_totals.hpp"

#include <cmath>

#include "engine/metrics/normal.hpp"

namespace longwatch::metrics {
namespace {

void add_interval(const ClassMatrix& matrix, bool total, const std::vector<double>& worth, MetricValue& out) {
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < worth.size(); ++i) sum += matrix.mass[i] * worth[i];
  const double mean = sum / matrix.rows;
  for (std::size_t i = 0; i < worth.size(); ++i) squares += matrix.mass[i] * (worth[i] - mean) * (worth[i] - mean);
  const double error = std::sqrt(squares) / (total ? 1 : matrix.rows);
  const double z = normal_quantile(0.975);
  out.standard_error = error;
  out.ci_lower = out.value - z * error;
  out.ci_upper = out.value + z * error;
  out.interval_method = "delta";
}

}  // namespace

MetricValue class_value(const MetricInput& input, Family family, const MatrixFunction& h, bool total,
                        const std::vector<double>& worth) {
  if (input.classes == nullptr) return MetricValue::undefined("the model has no scores");
  const ClassesView& view = *input.classes;
  const bool realized = family == Family::realized_performance;
  const PerformanceProfile& profile = *view.performance;
  const std::string& why = realized || !profile.unusable.empty() ? profile.unusable : profile.not_estimated;
  const ClassMatrix& matrix = realized ? view.realized : view.estimated;
  MetricValue out;
  if (!why.empty()) {
    out = without_value(why);
  } else if (!(matrix.rows > 0)) {
    out = without_value("insufficient_data");
  } else {
    const Result<double> value = h(matrix);
    out = value.ok() ? checked(value_of(value.value())) : MetricValue::undefined(value.error().what);
    if (out.status == "ok" && realized && worth.size() == matrix.mass.size()) add_interval(matrix, total, worth, out);
  }
  out.labels_rate = view.labels_rate;
  return out;
}

}  // namespace longwatch::metrics
