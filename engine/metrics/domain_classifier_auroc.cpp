// How well boosted trees tell the rows of a chunk from those of the reference.
#include "engine/metrics/guards.hpp"

namespace longwatch {
namespace {

// The interval on the scale of the logit keeps inside (0, 1) (Pepe 2003, section 5.2).
void add_interval(double error, MetricValue& out) {
  constexpr double kZ = 1.959963984540054;
  const double slope = out.value * (1 - out.value);
  if (!(slope > 0) || !std::isfinite(error)) return;
  const double centre = std::log(out.value / (1 - out.value));
  const auto inverse = [](double logit) { return 1 / (1 + std::exp(-logit)); };
  out.ci_lower = inverse(centre - kZ * error / slope);
  out.ci_upper = inverse(centre + kZ * error / slope);
  out.interval_method = "logit_delong";
}

MetricValue compute(const MetricInput& input) {
  if (input.domain == nullptr) {
    return input.row_estimators_status.empty() ? MetricValue::undefined("rows were not compared")
                                               : metrics::without_value(std::string(input.row_estimators_status));
  }
  const DomainScore& score = *input.domain;
  if (score.status != "ok") return metrics::without_value(score.status);
  MetricValue out = metrics::value_of(score.auroc, score.error);
  add_interval(score.error, out);
  // Without drift the scores say nothing of the label: the variance of the Mann-Whitney statistic.
  const double n = static_cast<double>(score.rows);
  const double m = static_cast<double>(score.reference_rows);
  out.null.expected = 0.5;
  out.null.error = std::sqrt((n + m + 1) / (12 * n * m));
  return metrics::checked(std::move(out));
}

}  // namespace

LONGWATCH_METRIC(domain_classifier_auroc)
const Metric metric_domain_classifier_auroc = {
    .name = "domain_classifier_auroc",
    .summary =
        "Area under the ROC curve of boosted trees that tell the chunk's rows from the reference's, "
        "cross-validated; 0.5 is no drift. Costly: only where `metrics` names it.",
    .source = "NannyML: DomainClassifierCalculator, with shuffled folds; DeLong, DeLong and Clarke-Pearson (1988)",
    .family = Family::multivariate_drift,
    .applies_to = AppliesTo::all_rows,
    .least = 0,
    .greatest = 1,
    .needs_reference = true,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
    .named_only = true,
};

}  // namespace longwatch
