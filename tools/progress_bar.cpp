// A thread of its own draws, so that workers only add to a counter.
#include "tools/progress_bar.hpp"

#include <unistd.h>

#include <cstdio>

namespace longwatch {
namespace {

constexpr auto kOnTerminal = std::chrono::milliseconds(100);
constexpr auto kInLog = std::chrono::seconds(10);

}  // namespace

ProgressBar::ProgressBar(bool quiet) : terminal_(isatty(STDERR_FILENO) != 0), start_(std::chrono::steady_clock::now()) {
  if (!quiet) thread_ = std::thread([this] { loop(); });
}

ProgressBar::~ProgressBar() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard guard(mutex_);
    done_ = true;
  }
  wake_.notify_one();
  thread_.join();
  if (terminal_) std::fputs("\r\033[K", stderr);
}

void ProgressBar::loop() {
  std::unique_lock guard(mutex_);
  const auto pause = terminal_ ? std::chrono::duration_cast<std::chrono::milliseconds>(kOnTerminal) : kInLog;
  while (!wake_.wait_for(guard, pause, [this] { return done_; })) show();
}

void ProgressBar::show() {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const auto rows = rows_.load(std::memory_order_relaxed);
  const double millions = static_cast<double>(rows) / 1e6;
  const char* form =
      terminal_ ? "\r\033[K%.2f M rows read, %.2f M rows/s, %.0f s" : "%.2f M rows read, %.2f M rows/s, %.0f s\n";
  std::fprintf(stderr, form, millions, millions / seconds, seconds);
}

}  // namespace longwatch
