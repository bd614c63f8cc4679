#pragma once
// A memory pool that refuses more than a file of its size can need: small files that unpack to gigabytes are attacks.

#include <algorithm>
#include <cstdint>
#include <string>

#include <arrow/memory_pool.h>
#include <arrow/status.h>

#include "engine/source/guard.hpp"

namespace longwatch::reading {

/// What decoding a chunk of `bytes` bytes may take at once. Small files stay below 192 MiB, so that reading one fits
/// into 512 MB with all else; a large chunk may hold a page of 32 times its size.
inline std::int64_t memory_budget(std::int64_t bytes) {
  constexpr std::int64_t kBase = 128LL << 20U;
  constexpr std::int64_t kSmall = 192LL << 20U;
  const std::int64_t held = std::clamp<std::int64_t>(bytes, 0, std::int64_t{1} << 50U);
  return std::min(kBase + 64 * held, std::max(kSmall, 32 * held));
}

/// Rows cost time even where they cost no bytes. Throws Corrupt where a file of `bytes` bytes promises more values than
/// it can be trusted to hold. Real files stay far below, constant columns too, as every page of theirs has a header.
inline void check_promise(std::int64_t values, std::int64_t bytes) {
  constexpr std::int64_t kBase = 1LL << 27U;
  constexpr std::int64_t kPerByte = 16'384;
  if (values > kBase + kPerByte * std::min(bytes, std::int64_t{1} << 40U))
    throw Corrupt("the file promises more values than one of its size can be trusted to hold");
}

class LimitedPool final : public arrow::MemoryPool {
 public:
  explicit LimitedPool(std::int64_t limit) : limit_(limit) {}

  arrow::Status Allocate(std::int64_t size, std::int64_t alignment, std::uint8_t** out) override {
    ARROW_RETURN_NOT_OK(check(size));
    ARROW_RETURN_NOT_OK(below_->Allocate(size, alignment, out));
    count(size);
    return arrow::Status::OK();
  }
  arrow::Status Reallocate(std::int64_t old_size, std::int64_t new_size, std::int64_t alignment,
                           std::uint8_t** ptr) override {
    ARROW_RETURN_NOT_OK(check(new_size - old_size));
    ARROW_RETURN_NOT_OK(below_->Reallocate(old_size, new_size, alignment, ptr));
    count(new_size - old_size);
    return arrow::Status::OK();
  }
  void Free(std::uint8_t* buffer, std::int64_t size, std::int64_t alignment) override {
    below_->Free(buffer, size, alignment);
    used_ -= size;
  }
  /// Counts memory that is taken elsewhere for as long as the pool lives. Throws Corrupt where it is too much.
  void charge(std::int64_t bytes) {
    if (const arrow::Status status = check(bytes); !status.ok()) throw Corrupt(status.message());
    count(bytes);
  }
  [[nodiscard]] std::int64_t bytes_allocated() const override { return used_; }
  [[nodiscard]] std::int64_t max_memory() const override { return peak_; }
  [[nodiscard]] std::int64_t total_bytes_allocated() const override { return total_; }
  [[nodiscard]] std::int64_t num_allocations() const override { return allocations_; }
  [[nodiscard]] std::string backend_name() const override { return below_->backend_name(); }

 private:
  [[nodiscard]] arrow::Status check(std::int64_t more) const {
    if (used_ + more <= limit_) return arrow::Status::OK();
    return arrow::Status::OutOfMemory("a page would take ", more,
                                      " bytes of memory, more than a column chunk of its size may use");
  }
  void count(std::int64_t more) {
    used_ += more;
    peak_ = std::max(peak_, used_);
    total_ += std::max<std::int64_t>(more, 0);
    ++allocations_;
  }

  // A reader and its pool belong to one thread at a time.
  arrow::MemoryPool* below_ = arrow::default_memory_pool();
  std::int64_t limit_;
  std::int64_t used_ = 0;
  std::int64_t peak_ = 0;
  std::int64_t total_ = 0;
  std::int64_t allocations_ = 0;
};

}  // namespace longwatch::reading
