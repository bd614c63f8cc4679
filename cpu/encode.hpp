#pragma once
// Standardised rows as a dense tile, for the kinds that multiply matrices.

#include <vector>

#include "engine/backend/backend.hpp"

namespace longwatch::cpu {

/// A tile of encoded rows: column-major, `z[column * capacity + row]`, unrounded and |z| <=
/// row::kZLimit.
struct ZTile {
  std::int64_t capacity = 0;    ///< rows it can hold, the distance between columns
  std::vector<double> z;        ///< capacity x F
  std::vector<double> largest;  ///< by row: the largest |z|
};

/// A tile for the rows' number of features that stays within the second-level cache: 64 to 1,024 rows.
ZTile make_tile(const EncodedRows& rows);

/// Encodes rows [first, first + count) of `rows` (counted from rows.begin); count <= tile.capacity. O(count F).
void encode(const EncodedRows& rows, std::int64_t first, std::int64_t count, ZTile& tile);

}  // namespace longwatch::cpu
