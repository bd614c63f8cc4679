#pragma once
// Text columns read as times: ISO 8601, each distinct text parsed once.

#include <memory>

#include "engine/source/leaf_type.hpp"
#include "engine/source/source.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// Texts that are no times become null. Times with and without an offset in one row group are an error.
std::unique_ptr<ColumnReader> text_time_reader(const LeafColumn& column, OpenChunk chunk);

}  // namespace longwatch::reading
