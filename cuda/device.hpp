#pragma once
// A device as the kernels' drivers see it: memory, copies and launches of one submission, in order. What differs
// between the CUDA runtime (device.cu) and the emulation (emulation/device.cpp) is behind raw_*; the rest is run.cu.

#include <condition_variable>
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
  int threads = kBlockThreads;     ///< of a block, a multiple of 32
  int blocks = 1;                  ///< of a launch, at most, in the emulation
  int processors = 1;              ///< of the device: a launch has as many blocks as these can run at a time
  std::int64_t piece_rows = 8192;  ///< that a block takes at a time
  std::size_t shared = 48 * 1024;  ///< bytes a block may have
  std::size_t arena = 1 << 20;     ///< bytes of device memory taken at a time, at least
  std::size_t stage = 8 << 20;     ///< bytes of a staging block
  std::size_t stages = 64;         ///< staging blocks, at most
  std::int64_t blas_features = kBlasFeatures;  ///< of a Gram matrix by cuBLAS, at least
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

/// For benchmarks: told of every launch of a context, which it may have repeated. Kernels add their sums again then.
class LaunchWatch {
 public:
  virtual ~LaunchWatch() = default;
  virtual void begin(const Stream& stream) = 0;
  /// After the launch; true to launch once more.
  virtual bool again(const Stream& stream) = 0;
};

/// Fills a status; the text is cut where it is too long.
void set_status(Status& status, StatusCode code, const char* text);

/// A device. Streams and staging blocks are kept for the next submission.
struct Context {
  std::int32_t device = 0;
  Tuning tuning;
  LaunchWatch* watch = nullptr;
#if !defined(__CUDACC__)
  Order order = Order::forward;
  std::int64_t allocations_left = -1;  ///< until one fails; -1: none does
  std::int64_t launches_left = -1;     ///< until one fails; -1: none does
  bool fail_once = false;              ///< the later ones succeed again
#endif
  const BlasModule* blas_module = nullptr;
  Blas* blas = nullptr;  ///< null: not there, or not asked for so far
  std::mutex lock;
  std::vector<Stream> idle;
  std::vector<void*> idle_stages;  ///< host memory a device can copy from and to while it computes
  std::size_t stages_made = 0;
  std::int64_t budget = INT64_MAX;  ///< bytes of device memory that submissions and kept columns may take together
  std::int64_t taken = 0;           ///< of these, now
  std::int64_t running = 0;         ///< of these, by submissions: it comes back without anybody's doing
  std::condition_variable given_back;
};

/// Gives back device memory that submissions took of the budget.
void give_back(Context& context, std::int64_t bytes);

/// Frees memory of Run::room_to_keep, of that many bytes.
void free_kept(Context& context, void* at, std::int64_t bytes);

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

  /// Says how much device memory the run will take, before it takes any: waits until others have given back so much, or
  /// no other run is left that could. Fails with kNoMemory where the budget is smaller. What is taken beyond it is not
  /// waited for.
  void reserve(std::int64_t bytes);
  /// Device memory for `count` values, unset, until the run ends. Aligned to 256 bytes.
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
  /// Copies from the device; there after the next wait.
  template <class T>
  void download(T* to, const T* from, std::int64_t count) {
    if (ok() && count > 0) copy_out(to, from, static_cast<std::size_t>(count) * sizeof(T));
  }
  /// Device memory of its own that stays after the run, until free_kept. Null where there is none.
  void* room_to_keep(std::int64_t bytes);
  /// Copies host memory there.
  void copy_in(void* to, const void* from, std::size_t bytes);
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
    flush();
#if defined(__CUDACC__)
    const void* const code = reinterpret_cast<const void*>(kernel);
    if (!allow_shared(code, shared)) return;
    const int most = resident_blocks(code, shared);
    if (!ok()) return;
#else
    const int most = tuning().blocks;
#endif
    const int grid = blocks < most ? static_cast<int>(blocks) : most;
    if (context_.watch != nullptr) context_.watch->begin(stream_);
    do {
#if defined(__CUDACC__)
      kernel<<<grid, tuning().threads, shared, stream_.handle>>>(job);
      launched();
#else
      launched({grid, tuning().threads, shared}, [&](Slot& slot) { return kernel(slot, job); });
#endif
    } while (context_.watch != nullptr && context_.watch->again(stream_) && ok());
  }
  /// Nothing more will be asked for: device memory goes back as soon as the device is done, before anybody waits.
  void close();
  /// Waits for all that was asked for. False where anything failed.
  bool wait();
  /// For library calls: what was uploaded is on its way to the device.
  [[nodiscard]] Stream& stream() {
    flush();
    return stream_;
  }
  [[nodiscard]] Status& status() { return status_; }
#if defined(__CUDACC__)
  /// Notes what a call of the runtime returned; false where it failed.
  bool check(cudaError_t code, const char* what);
#endif

 private:
  /// Part of the device memory of this run.
  struct Arena {
    void* at;
    std::size_t bytes;
    std::size_t used;
  };
  /// Host memory that copies to the device are collected in, and results arrive in.
  struct Stage {
    unsigned char* at;
    std::size_t used;
  };
  /// Bytes in a staging block that have yet to be sent.
  struct Unsent {
    unsigned char* to = nullptr;
    const unsigned char* from = nullptr;
    std::size_t bytes = 0;
  };
  struct Arrival {
    void* to;
    const void* from;
    std::size_t bytes;
  };

  void* allocate(std::size_t bytes);
  bool take_budget(std::int64_t bytes, bool to_keep);
  /// Room in a staging block: of *bytes or fewer, which it says. Null where there are no more blocks.
  unsigned char* stage(std::size_t* bytes);
  [[nodiscard]] bool in_last_arena(const unsigned char* at) const;
  void zero(void* at, std::size_t bytes);
  void copy_out(void* to, const void* from, std::size_t bytes);
  void flush();

  // What the CUDA runtime or the emulation does. They note failures, except raw_free and raw_stage.
  void raw_open();
  void raw_close();
  void* raw_allocate(std::size_t bytes);
  void raw_free(void* at);
  void* raw_stage(std::size_t bytes);  ///< null where there is none
  void raw_zero(void* at, std::size_t bytes);
  void raw_copy_in(void* to, const void* from, std::size_t bytes);
  void raw_copy_out(void* to, const void* from, std::size_t bytes);
  void raw_wait();
  void raw_notify(std::int64_t bytes);  ///< calls give_back once the device is done
#if defined(__CUDACC__)
  bool allow_shared(const void* kernel, std::size_t bytes);
  /// How many blocks of a kernel the device can run at a time: more would wait for the first to end, with nothing to do
  /// for the others then. 0, and a failure, where it can run none.
  int resident_blocks(const void* kernel, std::size_t shared);
  void launched();
#else
  void launched(const Grid& grid, const std::function<Fiber(Slot&)>& begin);
#endif

  Context& context_;
  Status& status_;
  Stream stream_;
  std::vector<Arena> arenas_;
  std::vector<Stage> stages_;
  Unsent unsent_;
  std::vector<Arrival> arrivals_;
  std::int64_t budget_ = 0;    ///< taken from the context's
  std::int64_t reserved_ = 0;  ///< of these, not yet used
  bool closed_ = false;
#if defined(__CUDACC__)
  std::shared_ptr<void> notice_;  ///< of raw_notify
#endif
};

/// A run that goes on after the call that began it: see Module::finish.
class Submission {
 public:
  explicit Submission(Context& context) : run(context, status) {}
  virtual ~Submission() = default;
  Submission(const Submission&) = delete;
  Submission& operator=(const Submission&) = delete;
  /// Writes the results where the jobs say. Called after a wait that did not fail; may fail the run.
  virtual void take() = 0;

 private:
  Status status{};

 public:
  Run run;
  [[nodiscard]] const Status& how() const { return status; }
};

}  // namespace longwatch::cuda
