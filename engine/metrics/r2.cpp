// Coefficient of determination.
#include "engine/metrics/normal.hpp"
#include "engine/metrics/regression.hpp"

namespace longwatch {
namespace {

// 1 - unexplained, unexplained = sum of squared errors / sum of squared distances of the labels from their mean; with
// the variance of one row's influence on it (delta method; the mean of the labels has no first-order influence).
struct Unexplained {
  double n = 0;
  double share = kNaN;
  double variance = kNaN;
};

Unexplained unexplained_of(const ResidualState& state) {
  const auto mean = [&](row::ResidualTerm term) {
    return state.sums[term].value() / static_cast<double>(state.labelled);
  };
  Unexplained out;
  out.n = static_cast<double>(state.labelled);
  const double y = mean(row::kLabel);
  const double y2 = mean(row::kLabel2);
  const double spread = y2 - y * y;
  if (!(spread > 0)) return out;
  out.share = mean(row::kError2) / spread;
  const double with_label = mean(row::kError2Label2) - 2 * y * mean(row::kError2Label) + y * y * mean(row::kError2);
  const double fourth = mean(row::kLabel4) - 4 * y * mean(row::kLabel3) + 6 * y * y * y2 - 3 * y * y * y * y;
  const double squares = mean(row::kError4) - 2 * out.share * with_label + out.share * out.share * fourth;
  out.variance = std::max(0.0, squares) / (spread * spread);
  return out;
}

// The interval is symmetric on the logarithm of the unexplained share, which is positive and skewed.
MetricValue value_of(const Unexplained& unexplained) {
  MetricValue out;
  out.value = 1 - unexplained.share;
  out.standard_error = std::sqrt(unexplained.variance / unexplained.n);
  if (!(unexplained.share > 0)) return out;
  const double reach =
      metrics::student_quantile(0.975, unexplained.n - 1) * out.standard_error / unexplained.share;
  out.ci_lower = 1 - unexplained.share * std::exp(reach);
  out.ci_upper = 1 - unexplained.share * std::exp(-reach);
  out.interval_method = "log_delta";
  return out;
}

MetricValue compute(const MetricInput& input) {
  if (input.residuals == nullptr) return MetricValue::undefined("the model has no residuals");
  const ResidualState& state = *input.residuals;
  MetricValue out = metrics::without_value("insufficient_data");
  if (state.labelled >= 2) {
    const Unexplained here = unexplained_of(state);
    out = std::isnan(here.share) ? MetricValue::undefined("all labels are equal") : metrics::checked(value_of(here));
    if (input.reference_residuals != nullptr && input.reference_residuals->labelled >= 2) {
      const Unexplained reference = unexplained_of(*input.reference_residuals);
      out.null.expected = 1 - reference.share;
      out.null.error = std::sqrt(reference.variance * (1 / here.n + 1 / reference.n));
    }
  }
  out.labels_rate = metrics::labels_rate(state);
  return out;
}

}  // namespace

LONGWATCH_METRIC(realized_r2)
const Metric metric_realized_r2 = {
    .name = "r2",
    .summary = "Share of the labels' variance that the predictions explain; below 0 they are worse than the mean.",
    .source = "sklearn.metrics.r2_score",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::regression,
    .least = -std::numeric_limits<double>::infinity(),
    .greatest = 1,
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
};

}  // namespace longwatch
