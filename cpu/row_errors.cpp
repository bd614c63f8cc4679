// Reconstruction errors of rows under a PCA: e = sqrt(|z|^2 - sum over j of y_j^2) with y = V' z.
// z is rounded to 2^-20 up to 16 and V is a multiple of 2^-24 up to 1, so the part of y that comes from 32 features is
// exact in double, in any order or blocking of the matrix product; parts are added in the order of the features, as are
// the z_i^2 and the y_j^2. A row with a larger |z| is first scaled by a power of two until its largest |z| is in [8,
// 16], rounded to 2^-20, and its error scaled back: that moves the error by at most sqrt(F) 2^-24 of the row's largest
// |z|.

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "cpu/encode.hpp"
#include "cpu/kernels.hpp"
#include "engine/state/row.hpp"

namespace longwatch::cpu {
namespace {

constexpr std::int64_t kMaxFeatures = 8192;
constexpr Eigen::Index kExactFeatures = 32;

using Tile = Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>;

/// Brings a row inside the gate. Returns what its error must be multiplied with.
double narrow_row(ZTile& tile, std::int64_t row_at, std::int64_t features) {
  int exponent = 0;
  (void)std::frexp(tile.largest[static_cast<std::size_t>(row_at)], &exponent);
  const double factor = std::ldexp(1.0, 4 - exponent);
  for (std::int64_t i = 0; i < features; ++i) {
    double& z = tile.z[static_cast<std::size_t>(i * tile.capacity + row_at)];
    z *= factor;
  }
  return 1 / factor;
}

/// errors[i] = sqrt(max(0, |z_i|^2 - |y_i|^2)), column by column so that each row sums in increasing order.
void residual_norms(const Tile& z, const Eigen::MatrixXd& y, std::vector<double>& explained, double* errors) {
  const Eigen::Index count = z.rows();
  std::fill_n(errors, count, 0.0);
  std::fill_n(explained.begin(), count, 0.0);
  for (Eigen::Index j = 0; j < z.cols(); ++j) {
    for (Eigen::Index i = 0; i < count; ++i) errors[i] += z(i, j) * z(i, j);
  }
  for (Eigen::Index j = 0; j < y.cols(); ++j) {
    for (Eigen::Index i = 0; i < count; ++i) explained[static_cast<std::size_t>(i)] += y(i, j) * y(i, j);
  }
  for (Eigen::Index i = 0; i < count; ++i)
    errors[i] = std::sqrt(std::max(0.0, errors[i] - explained[static_cast<std::size_t>(i)]));
}

/// Y = Z V, with the same bits whatever the matrix product does.
void project(const Tile& z, const Eigen::Map<const Eigen::MatrixXd>& basis, Eigen::MatrixXd& y) {
  y.setZero(z.rows(), basis.cols());
  Eigen::MatrixXd part;
  for (Eigen::Index from = 0; from < z.cols(); from += kExactFeatures) {
    const Eigen::Index width = std::min(kExactFeatures, z.cols() - from);
    part.noalias() = z.middleCols(from, width) * basis.middleRows(from, width);
    y += part;
  }
}

}  // namespace

Result<void> write_row_errors(const EncodedRows& rows, const PcaBasis& pca, double* errors) {
  const auto features = static_cast<std::int64_t>(rows.columns.size());
  if (pca.features != features || features > kMaxFeatures) {
    std::string what =
        "a PCA of " + std::to_string(pca.features) + " features was given rows of " + std::to_string(features);
    return Error{ErrorCode::internal, std::move(what), {}, "a PCA takes at most 8192 features; please report this"};
  }
  const Eigen::Map<const Eigen::MatrixXd> basis(pca.basis, features, pca.rank);
  ZTile tile = make_tile(rows);
  std::vector<double> explained(static_cast<std::size_t>(tile.capacity));
  Eigen::MatrixXd projected;
  std::int64_t count = 0;
  for (std::int64_t first = 0; first < rows.count; first += count) {
    count = std::min(tile.capacity, rows.count - first);
    encode(rows, first, count, tile);
    std::vector<std::pair<std::int64_t, double>> narrowed;
    for (std::int64_t i = 0; i < count; ++i) {
      if (tile.largest[static_cast<std::size_t>(i)] >= row::kZGate)
        narrowed.emplace_back(first + i, narrow_row(tile, i, features));
    }
    for (double& z : tile.z) z = row::error_z(z);
    const Tile z(tile.z.data(), count, features, Eigen::OuterStride<>(tile.capacity));
    project(z, basis, projected);
    residual_norms(z, projected, explained, errors + first);
    for (const auto& [at, factor] : narrowed) errors[at] *= factor;
  }
  return {};
}

}  // namespace longwatch::cpu
