#pragma once
// How long work tells that it goes on, and learns that it should stop.

#include <atomic>
#include <cstdint>

namespace longwatch {

/// Receives progress from any thread. Methods must be cheap and thread-safe.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void advance(std::int64_t rows) = 0;  ///< so many more rows were read (every pass counts)
};

/// What a computation is given besides its data. Both pointers may be null and are borrowed.
struct Control {
  Progress* progress = nullptr;
  const std::atomic<bool>* stop = nullptr;  ///< set: stop soon, with ErrorCode::cancelled

  [[nodiscard]] bool stopped() const { return stop != nullptr && stop->load(std::memory_order_relaxed); }
  void advance(std::int64_t rows) const {
    if (progress != nullptr) progress->advance(rows);
  }
};

}  // namespace longwatch
