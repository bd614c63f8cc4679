#pragma once
// One buffer of an Arrow batch, read and decompressed from front to back: memory does not follow what a file promises.

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/util/compression.h>

#include "engine/source/ipc_layout.hpp"

namespace longwatch::reading {

/// The bytes of a buffer. Not thread-safe.
class BodyStream {
 public:
  /// Throws Corrupt where a compressed buffer has no length.
  BodyStream(std::shared_ptr<arrow::io::ReadableFile> file, const IpcBuffer& buffer, IpcCodec codec);

  /// Bytes that the buffer promises once it is decompressed; those of a compressed buffer need not be there.
  [[nodiscard]] std::int64_t size() const { return size_; }
  /// Bytes that it takes in the file.
  [[nodiscard]] std::int64_t stored() const { return stored_; }
  /// The next `length` bytes. Throws Corrupt where the buffer ends before them.
  void read(void* out, std::int64_t length);
  void skip(std::int64_t length);

 private:
  bool fill();
  void read_plain(std::uint8_t* out, std::int64_t length);
  void read_compressed(std::uint8_t* out, std::int64_t length);

  std::shared_ptr<arrow::io::ReadableFile> file_;
  std::int64_t at_;    // of the next byte in the file
  std::int64_t left_;  // bytes in the file from there
  std::int64_t stored_;
  std::int64_t size_;
  std::int64_t given_ = 0;
  std::shared_ptr<arrow::util::Decompressor> decompressor_;
  std::vector<std::uint8_t> ahead_;
  std::size_t ahead_at_ = 0;
};

/// Memory that grows from a pool with a limit; its content is lost when it grows.
class Scratch {
 public:
  explicit Scratch(arrow::MemoryPool* pool) : pool_(pool) {}
  /// Room for `bytes` bytes. Throws Corrupt where the pool refuses.
  std::uint8_t* reserve(std::int64_t bytes);

 private:
  arrow::MemoryPool* pool_;
  std::unique_ptr<arrow::ResizableBuffer> buffer_;
};

}  // namespace longwatch::reading
