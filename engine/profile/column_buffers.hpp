#pragma once
// Room for whole columns, as many at a time as a budget allows and at least one.

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/base/memory_budget.hpp"

namespace longwatch {

/// Lends vectors that keep their pages from one column to the next. Thread-safe; `take` waits for a buffer to come back
/// where the budget has no room for another. Holders must not wait for each other.
class ColumnBuffers {
 public:
  /// Buffers of `rows` doubles.
  ColumnBuffers(MemoryBudget& budget, std::int64_t rows)
      : budget_(budget),
        bytes_(rows > std::numeric_limits<std::int64_t>::max() / 16 ? std::numeric_limits<std::int64_t>::max() / 2
                                                                    : rows * 8) {}
  ~ColumnBuffers() { budget_.give_back(taken_); }
  ColumnBuffers(const ColumnBuffers&) = delete;
  ColumnBuffers& operator=(const ColumnBuffers&) = delete;

  class Lease {
   public:
    Lease(ColumnBuffers& from, std::unique_ptr<std::vector<double>> buffer) : from_(from), buffer_(std::move(buffer)) {}
    ~Lease() { from_.put_back(std::move(buffer_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] std::vector<double>& operator*() const { return *buffer_; }

   private:
    ColumnBuffers& from_;
    std::unique_ptr<std::vector<double>> buffer_;
  };

  [[nodiscard]] Lease take() {
    std::unique_lock lock(lock_);
    if (free_.empty()) {
      const bool room = reserve();
      if (room || made_ == 0) {
        ++made_;
        return {*this, std::make_unique<std::vector<double>>()};
      }
      returned_.wait(lock, [&] { return !free_.empty(); });
    }
    auto buffer = std::move(free_.back());
    free_.pop_back();
    return {*this, std::move(buffer)};
  }

 private:
  bool reserve() {
    if (!budget_.take(bytes_)) return false;
    taken_ += bytes_;
    return true;
  }
  void put_back(std::unique_ptr<std::vector<double>> buffer) {
    const std::lock_guard lock(lock_);
    free_.push_back(std::move(buffer));
    returned_.notify_one();
  }

  MemoryBudget& budget_;
  std::int64_t bytes_;
  std::mutex lock_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<std::vector<double>>> free_;
  std::size_t made_ = 0;
  std::int64_t taken_ = 0;
};

}  // namespace longwatch
