#pragma once
// A device as the kernels' drivers see it: memory, copies and launches of one submission, in order. There are two
// implementations, of the CUDA runtime (device.cu) and of the emulation (emulation/device.cpp).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "cuda/abi.hpp"
#include "cuda/launch.hpp"

namespace longwatch::cuda {

/// How work is cut. Changes no result.
struct Tuning {
  int threads = 256;               ///< of a block, a multiple of 32
  int blocks = 1;                  ///< of a launch, at most
  std::int64_t piece_rows = 8192;  ///< that a block takes at a time
  std::size_t shared = 48 * 1024;  ///< bytes a block may have
};

#if defined(__CUDACC__)
struct Stream {
  cudaStream_t handle = nullptr;
};
#else
/// What the emulation is asked to do.
struct Stream {
  Order order = Order::forward;
};
#endif

/// Fills a status; the text is cut where it is too long.
void set_status(Status& status, StatusCode code, const char* text);

/// A device. Streams are kept for the next submission, one for each that runs at the same time.
struct Context {
  std::int32_t device = 0;
  Tuning tuning;
#if !defined(__CUDACC__)
  Order order = Order::forward;
  std::int64_t allocations_left = -1;  ///< until one fails; -1: none does
  std::int64_t launches_left = -1;     ///< until one fails; -1: none does
  bool fail_once = false;              ///< the later ones succeed again
#endif
  std::mutex lock;
  std::vector<Stream> idle;
};

/// Frees memory that a run was told to keep.
void free_kept(Context& context, void* at);

/// One submission. After the first failure nothing more is done: rooms are null, copies and launches are left out, and
/// the status says why. Not thread-safe.
class Run {
 public:
  Run(Context& context, Status& status);
  ~Run();  ///< waits, and gives back memory and stream
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  [[nodiscard]] const Tuning& tuning() const { return context_.tuning; }
  [[nodiscard]] bool ok() const { return status_.code == kDone; }
  void fail(StatusCode code, const char* text);

  /// Device memory for `count` values, unset, until the run ends.
  template <class T>
  T* room(std::int64_t count) {
    return static_cast<T*>(allocate(static_cast<std::size_t>(count) * sizeof(T)));
  }
  /// The same, all bits zero.
  template <class T>
  T* zeros(std::int64_t count) {
    T* const at = room<T>(count);
    if (at != nullptr) zero(at, static_cast<std::size_t>(count) * sizeof(T));
    return at;
  }
  /// A copy on the device. `from` must stay until the next wait.
  template <class T>
  const T* upload(const T* from, std::int64_t count) {
    T* const at = room<T>(count);
    if (at != nullptr) copy_in(at, from, static_cast<std::size_t>(count) * sizeof(T));
    return at;
  }
  /// Lets memory of this run stay after it, until free_kept.
  void* keep(void* at);
  /// Copies from the device; there after the next wait.
  template <class T>
  void download(T* to, const T* from, std::int64_t count) {
    if (ok() && count > 0) copy_out(to, from, static_cast<std::size_t>(count) * sizeof(T));
  }
  /// Runs a kernel on at most `blocks` blocks, with `shared` bytes a block; none where `blocks` is 0.
  template <class Job>
  void launch(
#if defined(__CUDACC__)
      void (*kernel)(const Job),
#else
      Fiber (*kernel)(Slot&, const Job),
#endif
      std::int64_t blocks, std::size_t shared, const Job& job) {
    if (!ok() || blocks <= 0) return;
    const int most = tuning().blocks;
    const int grid = blocks < most ? static_cast<int>(blocks) : most;
#if defined(__CUDACC__)
    if (!allow_shared(reinterpret_cast<const void*>(kernel), shared)) return;
    kernel<<<grid, tuning().threads, shared, stream_.handle>>>(job);
    launched();
#else
    launched({grid, tuning().threads, shared}, [&](Slot& slot) { return kernel(slot, job); });
#endif
  }
  /// Waits for all that was asked for. False where anything failed.
  bool wait();
  [[nodiscard]] Stream& stream() { return stream_; }
#if defined(__CUDACC__)
  /// Notes what a call of the runtime returned; false where it failed.
  bool check(cudaError_t code, const char* what);
#endif

 private:
  void* allocate(std::size_t bytes);
  void zero(void* at, std::size_t bytes);
  void copy_in(void* to, const void* from, std::size_t bytes);
  void copy_out(void* to, const void* from, std::size_t bytes);
#if defined(__CUDACC__)
  bool allow_shared(const void* kernel, std::size_t bytes);
  void launched();
#else
  void launched(const Grid& grid, const std::function<Fiber(Slot&)>& begin);
#endif

  Context& context_;
  Status& status_;
  Stream stream_;
  std::vector<void*> taken_;
};

}  // namespace longwatch::cuda
