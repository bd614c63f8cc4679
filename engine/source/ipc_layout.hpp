#pragma once
// Where an Arrow IPC file keeps its batches, and where a batch keeps its buffers. All places lie within the file.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/io/file.h>

namespace longwatch::reading {

/// A message of the file: its metadata at `offset`, its body behind them.
struct IpcBlock {
  std::int64_t offset = 0;
  std::int64_t metadata = 0;  ///< bytes
  std::int64_t body = 0;      ///< bytes
};

/// What the footer says beside the schema.
struct IpcFooter {
  std::vector<IpcBlock> dictionaries;
  std::vector<IpcBlock> batches;
  std::vector<std::int64_t> dictionary_ids;  ///< by top-level field; -1 where it has none
};

/// How the buffers of a body are compressed.
enum class IpcCodec : std::uint8_t { none, lz4, zstd };

struct IpcNode {
  std::int64_t length = 0;
  std::int64_t nulls = 0;
};

/// A buffer within the file.
struct IpcBuffer {
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

/// A record batch, or the values of a dictionary batch.
struct IpcBatch {
  std::int64_t rows = 0;
  IpcCodec codec = IpcCodec::none;
  std::vector<IpcNode> nodes;
  std::vector<IpcBuffer> buffers;
  std::vector<std::int64_t> variadic;  ///< data buffers of each view column
  std::int64_t dictionary_id = -1;     ///< of a dictionary batch
  bool delta = false;                  ///< its values follow those of the batches before
};

/// The footer's bytes, whose length and magic are checked. Throws Corrupt.
std::string read_ipc_footer(arrow::io::ReadableFile& file, std::int64_t size);

/// Reads a footer; `size` is the file's, which no block may leave. Throws Corrupt, also for big-endian data.
IpcFooter parse_ipc_footer(std::string_view footer, std::int64_t size);

/// The metadata of a block, without their prefix. Throws Corrupt where the file does not have them.
std::string read_ipc_metadata(arrow::io::ReadableFile& file, const IpcBlock& block);

/// Reads the metadata of a record batch, or of a dictionary batch. Every buffer lies within the block's body. Throws
/// Corrupt.
IpcBatch parse_ipc_batch(std::string_view metadata, const IpcBlock& block, bool dictionary);

/// Bytes of the file, all of them. Throws Corrupt where it ends early.
std::string read_file_bytes(arrow::io::ReadableFile& file, std::int64_t at, std::int64_t length);

}  // namespace longwatch::reading
