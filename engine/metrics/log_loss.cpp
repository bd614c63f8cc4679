// Log loss.
#include "engine/metrics/performance_value.hpp"

namespace longwatch {

LONGWATCH_METRIC(estimated_log_loss)
const Metric metric_estimated_log_loss = {
    .name = "log_loss",
    .summary =
        "Mean negative log-likelihood of the labels under the scores, in nats, expected from the calibrated scores; no "
        "labels needed.",
    .source = "CBPE: Kivimaki et al. 2024, NannyML; sklearn.metrics.log_loss",
    .family = Family::estimated_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kLogLoss, Family::estimated_performance>,
};

LONGWATCH_METRIC(realized_log_loss)
const Metric metric_realized_log_loss = {
    .name = "log_loss",
    .summary = "Mean negative log-likelihood of the labels under the scores, in nats.",
    .source = "sklearn.metrics.log_loss (scores clipped by 2.2e-16)",
    .family = Family::realized_performance,
    .applies_to = AppliesTo::classifier,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = metrics::performance<metrics::kLogLoss, Family::realized_performance>,
};

}  // namespace longwatch
