#pragma once
// Progress on stderr: a bar on a terminal, a line now and then in a log, nothing when quiet.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/base/progress.hpp"

namespace longwatch {

class ProgressBar : public Progress {
 public:
  explicit ProgressBar(bool quiet);
  ~ProgressBar() override;  ///< clears the bar
  void advance(std::int64_t rows) override { rows_.fetch_add(rows, std::memory_order_relaxed); }

 private:
  void loop();
  void show();
  const bool terminal_;
  std::atomic<std::int64_t> rows_{0};
  std::chrono::steady_clock::time_point start_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace longwatch
