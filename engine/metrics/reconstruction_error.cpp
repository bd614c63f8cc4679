// Mean error of rows rebuilt from the reference's principal components.
#include "engine/metrics/location.hpp"
#include "engine/metrics/reconstruction.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_reconstruction(input, 1, [](const Moments& moments, const Moments& reference) {
    return metrics::against_mean(metrics::mean_of(moments), static_cast<double>(moments.n), reference);
  });
}

}  // namespace

LONGWATCH_METRIC(reconstruction_error)
const Metric metric_reconstruction_error = {
    .name = "reconstruction_error",
    .summary = "Mean distance of a row from its reconstruction by the principal components of the reference.",
    .source = "NannyML: mean of the row's L2 error; standard error sd / sqrt(n)",
    .family = Family::multivariate_drift,
    .applies_to = AppliesTo::model,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
};

}  // namespace longwatch
