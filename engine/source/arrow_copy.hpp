#pragma once
// The copy of the schema that Arrow's writers leave in a Parquet file.

#include <vector>

#include <parquet/metadata.h>

#include "engine/source/leaf_type.hpp"

namespace longwatch::reading {

/// Throws Corrupt, with the column, where the copy under the key ARROW:schema gives a column another type than the
/// Parquet schema does, or other nulls. A copy that is absent, unreadable or of other columns says nothing. The unit of
/// a timestamp may be coarser than in the copy, as writers may coarsen it.
void check_arrow_copy(const ::parquet::FileMetaData& metadata, const std::vector<LeafColumn>& columns);

}  // namespace longwatch::reading
