#pragma once
// Whether a decompressed page can hold exactly the values that its header promises.

#include <parquet/column_page.h>
#include <parquet/schema.h>

namespace longwatch::reading {

/// Holds a page's bytes against its header and its column: definition levels that are there where the column is
/// nullable and only there, and values that fill the rest, no byte less or more. The encodings DELTA_* are left to
/// their decoders. Throws Corrupt. O(1) for values of fixed width, else O(values) without decoding them.
void check_page(const ::parquet::Page& page, const ::parquet::ColumnDescriptor& column);

}  // namespace longwatch::reading
