#pragma once
// The dictionary of a column of an Arrow file, decoded once for all its batches.

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/source/ipc_values.hpp"

namespace longwatch::reading {

/// Values by code. Immutable.
class IpcDictionary {
 public:
  virtual ~IpcDictionary() = default;
  std::int64_t size = 0;
  std::int64_t bytes = 0;  ///< of memory, roughly
  bool has_nulls = false;
  bool distinct = true;  ///< no text occurs twice; said for texts only
};

/// One whose values the Parquet library would store as `T`.
template <class T>
class TypedDictionary final : public IpcDictionary {
 public:
  std::vector<T> values;              // the bytes they point to lie in `blocks`
  std::vector<std::uint8_t> present;  // 0 for a null entry
  std::vector<std::unique_ptr<std::uint8_t[]>> blocks;
};

/// Decodes the dictionary batches of a field, in the order of the file: the first must be no delta, all others must be.
/// Throws Corrupt, also where it takes more memory than `most_bytes`.
std::shared_ptr<const IpcDictionary> load_ipc_dictionary(const std::shared_ptr<arrow::io::ReadableFile>& file,
                                                         const std::vector<IpcBatch>& batches, const IpcField& field,
                                                         ::parquet::Type::type physical, std::int64_t most_bytes);

}  // namespace longwatch::reading
