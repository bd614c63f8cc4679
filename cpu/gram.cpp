// Sums of z z' by double matrix products of the coarse parts and rests of z (see row::gram_z). With |z| < kZGate the
// product of two coarse parts is a multiple of 2^-36 up to 2^8, so that the sum of kExactRows of them is exact in
// double, whatever order or blocking the product takes; products with a rest are smaller.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cpu/encode.hpp"
#include "cpu/kernels.hpp"
#include "engine/state/row.hpp"

namespace longwatch::cpu {
namespace {

constexpr std::int64_t kExactRows = 512;

constexpr double kCoarseProductUnit = row::kGramCoarseUnit * row::kGramCoarseUnit;
constexpr double kMixedProductUnit = row::kGramCoarseUnit * row::kGramUnit;
constexpr int kProductShift = 18;  // from coarse products to mixed ones

/// The parts of a tile's z, and their products. Made once, used for every tile.
struct Parts {
  explicit Parts(const ZTile& tile) : coarse(tile.z.size()), rest(tile.z.size()) {
    products.resize(static_cast<std::size_t>(tile.columns * tile.columns));
    mixed.resize(products.size());
  }
  std::vector<double> coarse;
  std::vector<double> rest;
  std::vector<double> products;  // coarse' coarse
  std::vector<double> mixed;     // coarse' rest; its transpose is rest' coarse
};

/// Adds exact double sums to the state, as integers.
void add_products(const Parts& parts, std::size_t features, std::size_t columns, GramState& out) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < features; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const std::size_t here = i * columns + j;
      const auto whole = static_cast<int128>(parts.products[here] * kCoarseProductUnit) << kProductShift;
      const double mixed = parts.mixed[here] + parts.mixed[j * columns + i];
      out.products[at++] += whole + static_cast<std::int64_t>(mixed * kMixedProductUnit);
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

void add_narrow_rows(const ZTile& tile, std::int64_t rows, const MatrixKernels& kernels, Parts& parts, GramState& out) {
  for (std::size_t i = 0; i < out.sums.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i) * tile.capacity;
    const double sum = kernels.split(tile.z.data() + at, rows, parts.coarse.data() + at, parts.rest.data() + at);
    out.sums[i] += static_cast<std::int64_t>(sum * row::kGramUnit);
  }
  const MatrixView coarse{parts.coarse.data(), tile.columns};
  kernels.products(coarse, coarse, tile.capacity, rows, true, parts.products.data());
  kernels.products(coarse, {parts.rest.data(), tile.columns}, tile.capacity, rows, false, parts.mixed.data());
  add_products(parts, out.sums.size(), static_cast<std::size_t>(tile.columns), out);
}

}  // namespace

Result<void> add_gram(const EncodedRows& rows, const MatrixKernels& kernels, GramState& out) {
  const std::size_t features = rows.columns.size();
  if (out.sums.size() != features || out.products.size() != features * (features + 1) / 2) {
    std::string what = "a Gram state of " + std::to_string(out.sums.size()) + " features was given rows of " +
                       std::to_string(features);
    return Error{ErrorCode::internal, std::move(what), {}, "please report this"};
  }
  ZTile tile = make_tile(rows);
  Parts parts(tile);
  std::int64_t count = 0;
  for (std::int64_t first = 0; first < rows.count; first += count) {
    count = std::min({tile.capacity, kExactRows, rows.count - first});
    encode(rows, kernels, first, count, tile);
    for (std::int64_t i = 0; i < count; ++i) {
      if (tile.largest[static_cast<std::size_t>(i)] >= row::kZGate) add_wide_row(tile, i, out);
    }
    add_narrow_rows(tile, padded_rows(count), kernels, parts, out);
  }
  out.rows += rows.count;
  return {};
}

}  // namespace longwatch::cpu
