// Reconstruction errors of rows under a PCA: e = sqrt(|z|^2 - sum over j of y_j^2) with y = V' z.
// z is rounded to 2^-20 up to 16 and V is a multiple of 2^-24 up to 1, so the part of y that comes from 32 features is
// exact in double, in any order or blocking of the matrix product; parts are added in the order of the features, as are
// the z_i^2 and the y_j^2. A row with a larger |z| is first scaled by a power of two until its largest |z| is in [8,
// 16], rounded to 2^-20, and its error scaled back: that moves the error by at most sqrt(F) 2^-24 of the row's largest
// |z|.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cpu/encode.hpp"
#include "cpu/kernels.hpp"
#include "engine/state/error_row.hpp"

namespace longwatch::cpu {
namespace {

/// Brings a row inside the gate. Returns what its error must be multiplied with.
double narrow_row(ZTile& tile, std::int64_t row_at, std::int64_t features) {
  const double factor = row::narrowing(tile.largest[static_cast<std::size_t>(row_at)]);
  for (std::int64_t i = 0; i < features; ++i) {
    double& z = tile.z[static_cast<std::size_t>(i * tile.capacity + row_at)];
    z *= factor;
  }
  return 1 / factor;
}

/// The components of a PCA, padded with zero ones to what the kernels take: features x rank, column-major.
std::vector<double> padded_basis(const PcaBasis& pca, std::int64_t& rank) {
  rank = (pca.rank + kPadColumns - 1) / kPadColumns * kPadColumns;
  std::vector<double> basis(static_cast<std::size_t>(pca.features * rank));
  std::copy_n(pca.basis, pca.features * pca.rank, basis.begin());
  return basis;
}

}  // namespace

Result<void> write_row_errors(const EncodedRows& rows, const PcaBasis& pca, const MatrixKernels& kernels,
                              double* errors) {
  const auto features = static_cast<std::int64_t>(rows.columns.size());
  if (pca.features != features || features > kMaxPcaFeatures) {
    std::string what =
        "a PCA of " + std::to_string(pca.features) + " features was given rows of " + std::to_string(features);
    return Error{ErrorCode::internal, std::move(what), {}, "a PCA takes at most 8192 features; please report this"};
  }
  std::int64_t rank = 0;
  const std::vector<double> basis = padded_basis(pca, rank);
  ZTile tile = make_tile(rows);
  const auto capacity = static_cast<std::size_t>(tile.capacity);
  std::vector<double> projected(capacity * static_cast<std::size_t>(rank));
  std::vector<double> whole(capacity);
  std::vector<double> explained(capacity);
  std::int64_t count = 0;
  for (std::int64_t first = 0; first < rows.count; first += count) {
    count = std::min(tile.capacity, rows.count - first);
    const std::int64_t padded = padded_rows(count);
    encode(rows, kernels, first, count, tile);
    std::vector<std::pair<std::int64_t, double>> narrowed;
    for (std::int64_t i = 0; i < count; ++i) {
      if (tile.largest[static_cast<std::size_t>(i)] >= row::kZGate)
        narrowed.emplace_back(first + i, narrow_row(tile, i, features));
    }
    for (std::int64_t i = 0; i < features; ++i) kernels.round_errors(tile.z.data() + i * tile.capacity, padded);
    const MatrixView z{tile.z.data(), features};
    kernels.project(z, basis.data(), rank, tile.capacity, padded, projected.data());
    kernels.square_sums(z, tile.capacity, padded, whole.data());
    kernels.square_sums({projected.data(), pca.rank}, tile.capacity, padded, explained.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
      errors[first + static_cast<std::int64_t>(i)] = row::row_error(whole[i], explained[i]);
    for (const auto& [at, factor] : narrowed) errors[at] *= factor;
  }
  return {};
}

}  // namespace longwatch::cpu
