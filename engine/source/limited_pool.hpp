#pragma once
// A memory pool that refuses more than a file of its size can need: small files that unpack to gigabytes are attacks.

#include <algorithm>
#include <cstdint>
#include <string>

#include <arrow/memory_pool.h>
#include <arrow/status.h>

namespace longwatch::reading {

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
