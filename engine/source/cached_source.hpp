#pragma once
// A source that decodes a column once and keeps it, as far as a budget allows, for the passes that read it again.

#include <atomic>
#include <cstdint>
#include <memory>

#include "engine/source/source.hpp"

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

/// `source`, keeping the numbers and categories of a column chunk the first time it is read to its end while `budget`
/// has room; later readers borrow them. What does not fit is decoded again. The same values either way. The budget is
/// given back when the last copy of the returned pointer and of its readers goes.
std::shared_ptr<Source> cached_source(std::shared_ptr<Source> source, std::shared_ptr<MemoryBudget> budget);

}  // namespace longwatch
