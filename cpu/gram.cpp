// Sums of z z' by double matrix products of the coarse parts and rests of z (see row::gram_z). With |z| < kZGate the
// product of two coarse parts is a multiple of 2^-36 up to 2^8, so that the sum of kExactRows of them is exact in
// double, whatever order or blocking the product takes; products with a rest are smaller.

#include <Eigen/Core>

#include <algorithm>
#include <string>
#include <utility>

#include "cpu/encode.hpp"
#include "cpu/kernels.hpp"
#include "engine/state/row.hpp"

namespace longwatch::cpu {
namespace {

constexpr std::int64_t kExactRows = 512;

using Tile = Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>;

constexpr double kCoarseProductUnit = row::kGramCoarseUnit * row::kGramCoarseUnit;
constexpr double kMixedProductUnit = row::kGramCoarseUnit * row::kGramUnit;
constexpr int kProductShift = 18;  // from coarse products to mixed ones

/// Adds exact double sums to the state, as integers. `mixed` is coarse' rest; its transpose is rest' coarse.
void add_products(const Eigen::MatrixXd& coarse, const Eigen::MatrixXd& mixed, GramState& out) {
  std::size_t at = 0;
  for (Eigen::Index i = 0; i < coarse.rows(); ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) {
      const auto whole = static_cast<int128>(coarse(i, j) * kCoarseProductUnit) << kProductShift;
      out.products[at++] += whole + static_cast<std::int64_t>((mixed(i, j) + mixed(j, i)) * kMixedProductUnit);
    }
  }
}

/// Adds one row of any size in integers, and zeroes it in the tile.
void add_wide_row(ZTile& tile, std::int64_t row_at, GramState& out) {
  std::vector<std::int64_t> coarse(out.sums.size());
  std::vector<std::int64_t> rest(out.sums.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < coarse.size(); ++i) {
    double& z = tile.z[static_cast<std::size_t>(static_cast<std::int64_t>(i) * tile.capacity + row_at)];
    const double fine = row::gram_z(z);
    const double part = row::gram_coarse(fine);
    coarse[i] = static_cast<std::int64_t>(part * row::kGramCoarseUnit);
    rest[i] = static_cast<std::int64_t>((fine - part) * row::kGramUnit);
    out.sums[i] += static_cast<std::int64_t>(fine * row::kGramUnit);
    z = 0;
    for (std::size_t j = 0; j <= i; ++j) {
      const auto product = [&](std::int64_t a, std::int64_t b) { return static_cast<int128>(a) * b; };
      out.products[at++] +=
          (product(coarse[i], coarse[j]) << kProductShift) + product(coarse[i], rest[j]) + product(rest[i], coarse[j]);
    }
  }
}

void add_narrow_rows(const Tile& z, GramState& out) {
  const Eigen::MatrixXd fine = z.unaryExpr([](double value) { return row::gram_z(value); });
  const Eigen::MatrixXd coarse = fine.unaryExpr([](double value) { return row::gram_coarse(value); });
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(z.cols(), z.cols());
  products.selfadjointView<Eigen::Lower>().rankUpdate(coarse.transpose());
  const Eigen::MatrixXd mixed = coarse.transpose() * (fine - coarse);
  add_products(products, mixed, out);
  for (Eigen::Index i = 0; i < z.cols(); ++i) {
    out.sums[static_cast<std::size_t>(i)] += static_cast<std::int64_t>(fine.col(i).sum() * row::kGramUnit);
  }
}

}  // namespace

Result<void> add_gram(const EncodedRows& rows, GramState& out) {
  const std::size_t features = rows.columns.size();
  if (out.sums.size() != features || out.products.size() != features * (features + 1) / 2) {
    std::string what = "a Gram state of " + std::to_string(out.sums.size()) + " features was given rows of " +
                       std::to_string(features);
    return Error{ErrorCode::internal, std::move(what), {}, "please report this"};
  }
  const auto size = static_cast<Eigen::Index>(features);
  ZTile tile = make_tile(rows);
  std::int64_t count = 0;
  for (std::int64_t first = 0; first < rows.count; first += count) {
    count = std::min({tile.capacity, kExactRows, rows.count - first});
    encode(rows, first, count, tile);
    for (std::int64_t i = 0; i < count; ++i) {
      if (tile.largest[static_cast<std::size_t>(i)] >= row::kZGate) add_wide_row(tile, i, out);
    }
    add_narrow_rows(Tile(tile.z.data(), count, size, Eigen::OuterStride<>(tile.capacity)), out);
  }
  out.rows += rows.count;
  return {};
}

}  // namespace longwatch::cpu
