// Spread of the error of rows rebuilt from the reference's principal components.
#include "engine/metrics/location.hpp"
#include "engine/metrics/reconstruction.hpp"

namespace longwatch {
namespace {

MetricValue compute(const MetricInput& input) {
  return metrics::with_reconstruction(input, 2, [](const Moments& moments, const Moments& reference) {
    return metrics::against_deviation(metrics::deviation_of(std::sqrt(moments.variance), moments),
                                      static_cast<double>(moments.n), reference);
  });
}

}  // namespace

LONGWATCH_METRIC(reconstruction_error_std)
const Metric metric_reconstruction_error_std = {
    .name = "reconstruction_error_std",
    .summary = "Standard deviation of the row's reconstruction error, with n - 1.",
    .source = "sample standard deviation; standard error Rao 1973",
    .family = Family::multivariate_drift,
    .applies_to = AppliesTo::model,
    .least = 0,
    .greatest = std::numeric_limits<double>::infinity(),
    .needs_reference = false,
    .threshold = DefaultThreshold::standard_deviation_both,
    .compute = compute,
};

}  // namespace longwatch
