#pragma once
// The columns of an Arrow schema: what they are for Longwatch, and where their parts stand in a batch.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type.h>

#include "engine/source/leaf_type.hpp"

namespace longwatch::reading {

/// A top-level field: how it is stored, and its first node and buffer in every batch.
struct IpcField {
  std::shared_ptr<arrow::DataType> stored;  ///< without extensions; a dictionary type where it is encoded
  std::shared_ptr<arrow::DataType> values;  ///< of its dictionary, or `stored`; without extensions
  std::int64_t dictionary_id = -1;
  std::size_t node = 0;
  std::size_t buffer = 0;    ///< not counting the data buffers of view columns before it
  std::size_t variadic = 0;  ///< number of view columns before it, nested ones included
};

/// The columns and fields of a schema. `info.type_text` and the meaning of values are those of the same column written
/// to Parquet by Arrow; `leaf` is the index of the field. What Parquet or Longwatch has no column for is `nested` or
/// `other`.
struct IpcColumns {
  std::vector<LeafColumn> columns;
  std::vector<IpcField> fields;
};
IpcColumns ipc_columns(const arrow::Schema& schema, const std::vector<std::int64_t>& dictionary_ids);

/// Whether the type is of strings or binaries that lie in shared data buffers.
bool is_view(arrow::Type::type type);

}  // namespace longwatch::reading
