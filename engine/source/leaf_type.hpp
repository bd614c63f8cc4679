#pragma once
// How a top-level column of a Parquet schema is stored, and what it means.

#include <cstdint>
#include <string>
#include <vector>

#include <parquet/schema.h>
#include <parquet/types.h>

#include "engine/source/column.hpp"

namespace longwatch::reading {

/// A column of one file: its ColumnInfo and all that decoding it needs.
struct LeafColumn {
  ColumnInfo info;
  int leaf = -1;  ///< index of its column chunk in a row group; the first one of a nested column, -1 where it has none
  ::parquet::Type::type physical = ::parquet::Type::UNDEFINED;
  bool is_unsigned = false;
  bool half = false;  ///< float16
  bool uuid = false;
  int width = 0;                ///< bytes of a FIXED_LEN_BYTE_ARRAY
  int scale = 0;                ///< of a decimal
  std::int64_t per_second = 0;  ///< units a second of a time or timestamp
};

/// The top-level columns of a schema, in its order. Sets `info.type_text` to what pyarrow would call the type, roughly.
std::vector<LeafColumn> leaf_columns(const ::parquet::SchemaDescriptor& schema);

}  // namespace longwatch::reading
