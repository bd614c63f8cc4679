#pragma once
// Standardised rows as a dense tile, for the kinds that multiply matrices.

#include <vector>

#include "cpu/matrix_block.hpp"
#include "engine/backend/backend.hpp"

namespace longwatch::cpu {

/// A tile of encoded rows: column-major, `z[column * capacity + row]`, unrounded and |z| <= row::kZLimit. Padded with
/// columns and rows of zeros to what the matrix kernels need.
struct ZTile {
  std::int64_t capacity = 0;    ///< rows it can hold, a multiple of kPadRows; the distance between columns
  std::int64_t columns = 0;     ///< F, padded to a multiple of kPadColumns
  std::vector<double> z;        ///< capacity x columns
  std::vector<double> largest;  ///< by row: the largest |z|
};

/// A tile for the rows' number of features that stays within the second-level cache: 64 to 512 rows.
ZTile make_tile(const EncodedRows& rows);

/// Encodes rows [first, first + count) of `rows` (counted from rows.begin); count <= tile.capacity. Rows from
/// there to the next multiple of kPadRows become 0. O(count F).
void encode(const EncodedRows& rows, const MatrixKernels& kernels, std::int64_t first, std::int64_t count, ZTile& tile);

/// `count` padded to a multiple of kPadRows.
inline std::int64_t padded_rows(std::int64_t count) { return (count + kPadRows - 1) / kPadRows * kPadRows; }

}  // namespace longwatch::cpu
