#pragma once
// The values of one column of an Arrow batch, as the Parquet library would hand them out.

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/memory_pool.h>
#include <parquet/types.h>

#include "engine/source/body_stream.hpp"
#include "engine/source/ipc_fields.hpp"
#include "engine/source/ipc_layout.hpp"

namespace longwatch::reading {

/// A batch of a file, and where memory for it comes from.
struct IpcPlace {
  std::shared_ptr<arrow::io::ReadableFile> file;
  const IpcBatch* batch = nullptr;
  arrow::MemoryPool* pool = nullptr;
};

/// A value of each row, front to back. Bytes that values point to last until the next call.
template <class T>
class IpcValues {
 public:
  virtual ~IpcValues() = default;
  /// The next `rows` values; rows whose level is 0 get any. Clears the level of a row that turns out to be null.
  virtual void read(std::int64_t rows, std::int16_t* levels, T* out) = 0;
};

/// Buffer `index` of the field's. Throws Corrupt where the batch does not have it.
IpcBuffer ipc_buffer(const IpcBatch& batch, const IpcField& field, std::size_t index);

/// Values of the flat type `type` (no dictionary), laid out as the field says. What they are is what ipc_columns() says
/// of the type. Throws Corrupt where the batch lacks a part, and for a type that is not stored as `DType`.
template <class DType>
std::unique_ptr<IpcValues<typename DType::c_type>> ipc_values(const IpcPlace& place, const arrow::DataType& type,
                                                              const IpcField& field);

}  // namespace longwatch::reading
