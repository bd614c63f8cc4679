#pragma once
// Runs kernel bodies on the host: the threads of a block one after another from barrier to barrier, in an order that
// can be turned round or shuffled. A body whose result depends on it has a race. Blocks follow the same order.

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <string>
#include <utility>

namespace longwatch::cuda {

enum class Order : std::uint8_t { forward, reversed, shuffled };

enum class Waits : std::uint8_t { no, barrier, shuffle };

/// One emulated thread, and what it waits for.
struct Slot {
  int rank = 0;
  int size = 0;
  int block = 0;
  int blocks = 0;
  unsigned char* shared = nullptr;
  Waits waits = Waits::no;
  int line = 0;  ///< of the source, where it waits
  int mask = 0;  ///< of a shuffle
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
};

class Thread {
 public:
  explicit Thread(const Slot& slot) : slot_(slot) {}
  [[nodiscard]] int rank() const { return slot_.rank; }
  [[nodiscard]] int size() const { return slot_.size; }
  [[nodiscard]] int block() const { return slot_.block; }
  [[nodiscard]] int blocks() const { return slot_.blocks; }
  [[nodiscard]] int lane() const { return slot_.rank & 31; }
  [[nodiscard]] unsigned char* shared() const { return slot_.shared; }

 private:
  const Slot& slot_;
};

/// A kernel body that was begun for one thread. Runs when resumed, until it waits or ends.
class Fiber {
 public:
  struct promise_type {
    Fiber get_return_object() { return Fiber(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }  // kernel bodies do not throw
  };
  explicit Fiber(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Fiber(Fiber&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Fiber& operator=(Fiber&&) = delete;
  ~Fiber() {
    if (handle_) handle_.destroy();
  }
  void resume() { handle_.resume(); }
  [[nodiscard]] bool done() const { return handle_.done(); }

 private:
  std::coroutine_handle<promise_type> handle_;
};

struct Barrier {
  Slot& slot;
  int line;
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) const {
    slot.waits = Waits::barrier;
    slot.line = line;
  }
  void await_resume() const {}
};

template <class T>
struct Shuffle {
  Slot& slot;
  T value;
  int mask;
  int line;
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) const {
    slot.waits = Waits::shuffle;
    slot.line = line;
    slot.mask = mask;
    std::memcpy(&slot.sent, &value, sizeof value);
  }
  [[nodiscard]] T await_resume() const {
    T received;
    std::memcpy(&received, &slot.received, sizeof received);
    return received;
  }
};

template <class T>
Shuffle<T> shuffle_xor(Slot& slot, T value, int mask, int line) {
  static_assert(sizeof(T) <= sizeof(std::uint64_t));
  return {slot, value, mask, line};
}

/// The size of a launch. `threads` is a multiple of 32.
struct Grid {
  int blocks = 1;
  int threads = 32;
  std::size_t shared = 0;  ///< bytes
};

/// Runs every thread of every block; `begin` begins one. Shared memory is filled with junk before each block. Returns
/// an empty text, or how the threads of a block came to wait for each other for ever.
std::string emulate(const Grid& grid, Order order, const std::function<Fiber(Slot&)>& begin);

}  // namespace longwatch::cuda
