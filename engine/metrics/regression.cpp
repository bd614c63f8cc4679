// Means of errors and what chance does to them.
#include "engine/metrics/regression.hpp"

#include "engine/metrics/normal.hpp"

namespace longwatch::metrics {
namespace {

constexpr double kLevel = 0.975;

// A mean of n terms as a metric: its standard error, interval and spread under the reference.
void add_interval(const RowMean& mean, MetricValue& out) {
  if (mean.n < 2) return;
  out.standard_error = std::sqrt(mean.variance / mean.n);
  const double shift = mean.variance > 0 ? mean.third / (6 * mean.variance * mean.n) : 0;
  const double reach = student_quantile(kLevel, mean.n - 1) * out.standard_error;
  out.ci_lower = mean.mean + shift - reach;
  out.ci_upper = mean.mean + shift + reach;
  out.interval_method = "johnson_t";
}

// The square root of a mean of squares, and of the ends of its interval.
void take_root(MetricValue& out) {
  const double root = std::sqrt(out.value);
  if (root > 0) {
    out.standard_error /= 2 * root;
  } else if (!std::isnan(out.standard_error)) {
    out.standard_error = 0;
  }
  out.value = root;
  out.ci_lower = std::sqrt(std::max(0.0, out.ci_lower));
  out.ci_upper = std::sqrt(std::max(0.0, out.ci_upper));
}

}  // namespace

RowMean row_mean(const ResidualState& state, const TermPowers& powers) {
  RowMean out;
  out.n = static_cast<double>(state.labelled);
  if (state.labelled == 0) return out;
  out.mean = state.sums[powers.first].value() / out.n;
  if (state.labelled < 2) return out;
  const double second = state.sums[powers.second].value() / out.n;
  const double third = state.sums[powers.third].value() / out.n;
  out.variance = std::max(0.0, second - out.mean * out.mean) * out.n / (out.n - 1);
  out.third = third - 3 * out.mean * second + 2 * out.mean * out.mean * out.mean;
  return out;
}

std::string undefined_term(const ResidualState& state, const TermPowers& powers) {
  if (powers.first == row::kRelative && state.zero_labels > 0)
    return "undefined: " + std::to_string(state.zero_labels) + " labels are 0 and have no relative error";
  if (powers.first == row::kLog && state.negatives > 0)
    return "undefined: " + std::to_string(state.negatives) + " rows have a negative label or prediction, without a logarithm";
  return "";
}

double labels_rate(const ResidualState& state) {
  const double labels = static_cast<double>(state.labelled + state.labels_alone);
  return state.rows == 0 ? kNaN : labels / static_cast<double>(state.rows);
}

MetricValue realized_mean(const MetricInput& input, const TermPowers& powers, bool root) {
  if (input.residuals == nullptr) return MetricValue::undefined("the model has no residuals");
  const ResidualState& state = *input.residuals;
  MetricValue out;
  if (std::string why = undefined_term(state, powers); !why.empty()) {
    out = without_value(std::move(why));
  } else if (state.labelled == 0) {
    out = without_value("insufficient_data");
  } else {
    const RowMean mean = row_mean(state, powers);
    out.value = mean.mean;
    add_interval(mean, out);
    if (root) take_root(out);
    out = checked(std::move(out));
  }
  out.labels_rate = labels_rate(state);
  if (out.status != "ok" || input.reference_residuals == nullptr) return out;
  if (!undefined_term(*input.reference_residuals, powers).empty()) return out;
  const RowMean reference = row_mean(*input.reference_residuals, powers);
  const double n = static_cast<double>(state.labelled);
  if (reference.n < 2) return out;
  out.null.error = std::sqrt(reference.variance * (1 / n + 1 / reference.n));
  out.null.expected = root ? std::sqrt(reference.mean) : reference.mean;
  if (root) out.null.error = reference.mean > 0 ? out.null.error / (2 * out.null.expected) : 0;
  return out;
}

}  // namespace longwatch::metrics
