#pragma once
// A column of an Arrow batch behind the interface of the Parquet library's column readers.

#include <memory>

#include "engine/source/ipc_dictionary.hpp"
#include "engine/source/ipc_values.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// Opens a flat column whose values are stored as `physical`. `dictionary` is needed where the field has one, and is
/// shown as codes where `show_codes` and its texts are distinct. Sets `chunk.column` and `chunk.nullable`; `place.pool`
/// and `place.batch` must outlive them. Throws Corrupt.
void open_ipc_column(const IpcPlace& place, const IpcField& field, ::parquet::Type::type physical,
                     std::shared_ptr<const IpcDictionary> dictionary, bool show_codes, OpenChunk& chunk);

}  // namespace longwatch::reading
