#pragma once
// Private to the metrics: what both metrics of the reconstruction error check first.

#include "engine/metrics/guards.hpp"

namespace longwatch::metrics {

/// compute(moments) of the row errors, where there is a PCA and at least `least` rows with a finite error.
template <class Compute>
MetricValue with_reconstruction(const MetricInput& input, std::int64_t least, Compute compute) {
  if (input.profile != nullptr && !input.profile->pca.skipped.empty())
    return MetricValue::undefined(input.profile->pca.skipped);
  if (input.profile == nullptr || input.reconstruction == nullptr)
    return MetricValue::undefined("no principal components");
  const Moments moments = moments_of(input.reconstruction->moments, input.profile->pca.error_moments);
  return moments.n < least ? without_value("insufficient_data") : checked(compute(moments));
}

}  // namespace longwatch::metrics
