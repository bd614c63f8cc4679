#pragma once
// How much memory may be taken for what only makes work faster.

#include <atomic>
#include <cstdint>

namespace longwatch {

/// Bytes that may be taken; shared by all who work at a time. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::int64_t bytes) : left_(bytes) {}
  /// False, and nothing is taken, where fewer are left.
  [[nodiscard]] bool take(std::int64_t bytes) {
    if (left_.fetch_sub(bytes) >= bytes) return true;
    left_.fetch_add(bytes);
    return false;
  }
  void give_back(std::int64_t bytes) { left_.fetch_add(bytes); }

 private:
  std::atomic<std::int64_t> left_;
};

}  // namespace longwatch
