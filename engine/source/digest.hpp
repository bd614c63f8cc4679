#pragma once
// Rows, nulls and an order-free digest per column of any Parquet file: what `longwatch inspect FILE.parquet` shows.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

struct ColumnDigest {
  std::string column;
  std::string type;
  std::int64_t rows = 0;
  std::int64_t nulls = 0;
  std::string digest;  ///< 16 hex digits: the sum (mod 2^64) over non-null rows of the hash of the value's category
                       ///< text (see CategoryDictionary); empty where the column cannot be read
  std::string error;   ///< why it cannot be read, e.g. nested
};

/// Digests of all columns. Fails only where the file as a whole is unreadable, has columns but none that is flat, or a
/// flat column is corrupt.
Result<std::vector<ColumnDigest>> digest_columns(const Source& source);

}  // namespace longwatch
