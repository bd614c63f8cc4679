#pragma once
// Sums of z and of z z' over rows of standardised features: what a PCA is fitted from.

#include <cstdint>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/state/bytes.hpp"

namespace longwatch {

/// The state of no rows (empty vectors) is the identity of merge; otherwise the numbers of features must agree.
/// Exact: z is an integer in units of 2^-36 made of a coarse part and a rest (see row::gram_z). `sums` are in units of
/// 2^-36. `products` are the sums of coarse * coarse + coarse * rest + rest * coarse, in units of 2^-54.
struct GramState {
  std::int64_t rows = 0;
  std::vector<int128> sums;  ///< F
  std::vector<int128>
      products;  ///< F (F + 1) / 2, row by row of the lower triangle: (i, j) at i (i + 1) / 2 + j, j <= i

  void merge(const GramState& other);
  bool operator==(const GramState&) const = default;
  void serialize(ByteWriter& out) const;
  static Result<GramState> deserialize(ByteReader& in);
};

}  // namespace longwatch
