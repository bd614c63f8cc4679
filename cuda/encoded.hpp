#pragma once
// Standardised rows on the device, for the kinds that multiply matrices, and arithmetic that is exact.

#include <cstdint>
#include <vector>

#include "cuda/columns.hpp"
#include "engine/state/row.hpp"

namespace longwatch::cuda {

struct DeviceFeature {
  DeviceColumn column;
  double mean;
  double inverse;
  double missing;
  const double* by_code;
};

/// z of a row, unrounded.
LW_DEVICE double z_at(const DeviceFeature& feature, std::int64_t row) {
  if (!valid_at(feature.column, row)) return feature.missing;
  if (has_codes(feature.column)) return feature.by_code[code_at(feature.column, row)];
  return row::encode_z(number_at(feature.column, row), feature.mean, feature.inverse, feature.missing);
}

LW_DEVICE double magnitude(double x) { return x < 0 ? -x : x; }

/// sum + a b, where product and sum are exact: then one instruction gives the bits of two.
LW_DEVICE double exact_add_product(double a, double b, double sum) {
#if defined(__CUDA_ARCH__)
  return __fma_rn(a, b, sum);
#else
  return a * b + sum;
#endif
}

/// The row of a lower triangle in which the pair `at` lies, counted row by row: r (r + 1) / 2 <= at.
LW_DEVICE std::int64_t triangle_row(std::int64_t at) {
  std::int64_t low = 0;
  std::int64_t high = std::int64_t{1} << 31;
  while (high - low > 1) {
    const std::int64_t middle = (low + high) / 2;
    if (middle * (middle + 1) / 2 <= at) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

/// Brings features to the device. Null where that fails.
inline const DeviceFeature* upload_features(Run& run, const EncodedJob& job, std::vector<DeviceFeature>& features) {
  Uploads uploads(run);
  const Rows rows{nullptr, job.begin, job.rows};
  for (std::int64_t i = 0; i < job.count; ++i) uploads.need(job.features[i].column, rows);
  for (std::int64_t i = 0; i < job.count && run.ok(); ++i) {
    const Feature& feature = job.features[i];
    const double* const by_code = feature.codes == 0 ? nullptr : run.upload(feature.by_code, feature.codes);
    features.push_back({uploads.take(feature.column), feature.mean, feature.inverse, feature.missing, by_code});
  }
  return run.ok() ? run.upload(features.data(), job.count) : nullptr;
}

}  // namespace longwatch::cuda
