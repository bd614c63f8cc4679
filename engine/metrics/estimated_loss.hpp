#pragma once
// Private to the metrics: estimated losses of regressors, with their intervals.

#include "engine/metrics/metric.hpp"

namespace longwatch::metrics {

/// The mean of a cell's estimated losses, or (`root`) its square root. Status of the reason where the loss has no
/// model; insufficient_data without estimated rows. ci_*: the estimates' own sampling error, the error of the loss
/// model's level (its residuals over the reference's labelled rows) and what it missed from one chunk of the reference
/// to the next; pi_*: instead of the first, the spread of rows about their estimates, larger where the estimates are
/// larger. A Student interval with Welch and Satterthwaite's degrees of freedom, the root's by its ends.
MetricValue estimated_loss(const MetricInput& input, Loss loss, bool root);

template <Loss loss, bool root>
MetricValue estimated(const MetricInput& input) {
  return estimated_loss(input, loss, root);
}

}  // namespace longwatch::metrics
