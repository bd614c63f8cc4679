#pragma once
// Private to the metrics: what both metrics of the reconstruction error check first.

#include "engine/metrics/guards.hpp"

namespace longwatch::metrics {

/// compute(moments, reference) of the row errors, where there is a PCA and at least `least` rows with a finite error;
/// the reference's moments are of no rows where it lacks the segment.
template <class Compute>
MetricValue with_reconstruction(const MetricInput& input, std::int64_t least, Compute compute) {
  if (input.profile != nullptr && !input.profile->pca.skipped.empty())
    return MetricValue::undefined(input.profile->pca.skipped);
  if (input.profile == nullptr || input.reconstruction == nullptr)
    return MetricValue::undefined("no principal components");
  const Moments moments = moments_of(input.reconstruction->moments, input.profile->pca.error_moments);
  if (moments.n < least) return without_value("insufficient_data");
  const MomentsState none;
  const MomentsState& reference =
      input.reference_reconstruction == nullptr ? none : input.reference_reconstruction->moments;
  return checked(compute(moments, moments_of(reference, input.profile->pca.error_moments)));
}

}  // namespace longwatch::metrics
