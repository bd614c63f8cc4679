// Devices by the CUDA runtime: stream-ordered memory, copies and launches.

#include <cuda_runtime.h>

#include <atomic>
#include <cstdio>

#include "cuda/device.hpp"
#include "cuda/table.hpp"

namespace longwatch::cuda {
namespace {

constexpr int kBlocksPerProcessor = 4;             // for cuts; what runs at a time depends on the kernel
constexpr std::size_t kSharedUnasked = 48 * 1024;  // bytes that any kernel may have

StatusCode code_of(cudaError_t code) {
  switch (code) {
    case cudaSuccess:
      return kDone;
    case cudaErrorMemoryAllocation:
      return kNoMemory;
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
      return kNoDevice;
    default:
      return kFailed;
  }
}

void set_error(Status& status, cudaError_t code, const char* what) {
  char text[sizeof status.text];
  std::snprintf(text, sizeof text, "%s: %s", what, cudaGetErrorString(code));
  set_status(status, code_of(code), text);
}

Stream take_stream(Context& context, Status& status) {
  {
    const std::lock_guard<std::mutex> guard(context.lock);
    if (!context.idle.empty()) {
      const Stream stream = context.idle.back();
      context.idle.pop_back();
      return stream;
    }
  }
  Stream stream;
  const cudaError_t code = cudaStreamCreateWithFlags(&stream.handle, cudaStreamNonBlocking);
  if (code != cudaSuccess) set_error(status, code, "a stream cannot be made");
  return stream;
}

/// Gives back the memory of a submission, once.
class Notice {
 public:
  Notice(Context& context, std::int64_t bytes) : context_(context), bytes_(bytes) {}
  void give_back_once() {
    if (!done_.exchange(true)) give_back(context_, bytes_);
  }

 private:
  Context& context_;
  std::int64_t bytes_;
  std::atomic<bool> done_{false};
};

}  // namespace

void probe(Probe* out) {
  *out = {};
  (void)cudaRuntimeGetVersion(&out->runtime);
  if (cudaDriverGetVersion(&out->driver) != cudaSuccess) out->driver = 0;
  const cudaError_t code = cudaGetDeviceCount(&out->devices);
  (void)cudaGetLastError();  // a later call must not report it again
  if (out->driver == 0) return set_status(out->status, kNoDriver, "there is no NVIDIA driver");
  if (code == cudaErrorInsufficientDriver) return set_status(out->status, kOldDriver, cudaGetErrorString(code));
  if (code != cudaSuccess) return set_error(out->status, code, "the devices cannot be counted");
  if (out->devices == 0) set_status(out->status, kNoDevice, "the driver sees no device");
}

void describe(std::int32_t device, DeviceInfo* out) {
  *out = {};
  cudaDeviceProp properties;
  const cudaError_t code = cudaGetDeviceProperties(&properties, device);
  if (code != cudaSuccess) return set_error(out->status, code, "the device cannot be asked");
  std::snprintf(out->name, sizeof out->name, "%.127s", properties.name);
  out->memory = static_cast<std::int64_t>(properties.totalGlobalMem);
  out->major = properties.major;
  out->minor = properties.minor;
  out->processors = properties.multiProcessorCount;
}

Context* open(std::int32_t device, std::int64_t memory, Status* status) {
  DeviceInfo info;
  describe(device, &info);
  *status = info.status;
  if (status->code != kDone) return nullptr;
  cudaError_t code = cudaSetDevice(device);
  int shared = 0;
  if (code == cudaSuccess) code = cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  cudaMemPool_t pool = nullptr;
  if (code == cudaSuccess) code = cudaDeviceGetDefaultMemPool(&pool, device);
  std::uint64_t keep = ~std::uint64_t{0};  // memory stays with the process between submissions
  if (code == cudaSuccess) code = cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep);
  std::size_t free = 0, total = 0;
  if (code == cudaSuccess) code = cudaMemGetInfo(&free, &total);
  if (code != cudaSuccess) {
    set_error(*status, code, "the device cannot be opened");
    return nullptr;
  }
  auto context = std::make_unique<Context>();
  context->device = device;
  context->tuning.processors = info.processors;
  context->tuning.blocks = info.processors * kBlocksPerProcessor;
  context->tuning.shared = static_cast<std::size_t>(shared);
  context->budget = memory > 0 ? memory : static_cast<std::int64_t>(free / 10 * 9);
  return context.release();
}

void use_blas(Context& context, const BlasModule& blas, Status& status) {
  context.blas = blas.open(context.device, &status);
  context.blas_module = &blas;
}

void close(Context* context) {
  if (context == nullptr) return;
  if (context->blas != nullptr) context->blas_module->close(context->blas);
  for (const Stream& stream : context->idle) (void)cudaStreamDestroy(stream.handle);
  for (void* const stage : context->idle_stages) (void)cudaFreeHost(stage);
  delete context;
}

void Run::raw_open() {
  if (check(cudaSetDevice(context_.device), "the device cannot be used")) stream_ = take_stream(context_, status_);
}

void Run::raw_close() {
  if (const auto notice = std::static_pointer_cast<Notice>(notice_)) notice->give_back_once();  // of a lost device
  if (stream_.handle == nullptr) return;
  const std::lock_guard<std::mutex> guard(context_.lock);
  context_.idle.push_back(stream_);
}

bool Run::check(cudaError_t code, const char* what) {
  if (code == cudaSuccess) return true;
  (void)cudaGetLastError();  // the next call must not report it again
  if (ok()) set_error(status_, code, what);
  return false;
}

void* Run::raw_allocate(std::size_t bytes) {
  void* at = nullptr;
  return check(cudaMallocAsync(&at, bytes, stream_.handle), "no device memory") ? at : nullptr;
}

void Run::raw_free(void* at) { (void)cudaFreeAsync(at, stream_.handle); }

void free_kept(Context& context, void* at, std::int64_t bytes) {
  if (at == nullptr) return;
  if (cudaSetDevice(context.device) == cudaSuccess) (void)cudaFree(at);
  const std::lock_guard<std::mutex> guard(context.lock);
  context.taken -= bytes;
}

void* Run::raw_stage(std::size_t bytes) {
  void* at = nullptr;
  if (cudaHostAlloc(&at, bytes, cudaHostAllocPortable) == cudaSuccess) return at;
  (void)cudaGetLastError();
  return nullptr;
}

void Run::raw_zero(void* at, std::size_t bytes) {
  (void)check(cudaMemsetAsync(at, 0, bytes, stream_.handle), "memory cannot be cleared");
}

void Run::raw_copy_in(void* to, const void* from, std::size_t bytes) {
  (void)check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_.handle), "a copy to the device failed");
}

void Run::raw_copy_out(void* to, const void* from, std::size_t bytes) {
  (void)check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_.handle),
              "a copy from the device failed");
}

void Run::raw_notify(std::int64_t bytes) {
  auto notice = std::make_shared<Notice>(context_, bytes);
  notice_ = notice;
  auto held = std::make_unique<std::shared_ptr<Notice>>(std::move(notice));
  const auto tell = [](void* of) {
    const std::unique_ptr<std::shared_ptr<Notice>> own(static_cast<std::shared_ptr<Notice>*>(of));
    (*own)->give_back_once();
  };
  // Where the device is lost it is not called: raw_close gives back then, and `held` is leaked.
  if (check(cudaLaunchHostFunc(stream_.handle, tell, held.get()), "the device cannot call back")) (void)held.release();
}

void Run::raw_wait() {
  if (stream_.handle != nullptr) (void)check(cudaStreamSynchronize(stream_.handle), "the device failed");
}

bool Run::allow_shared(const void* kernel, std::size_t bytes) {
  if (bytes <= kSharedUnasked) return true;
  // All that there is, not `bytes`: another thread may be about to launch the same kernel with more.
  const auto most = static_cast<int>(tuning().shared);
  return check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, most),
               "a block cannot have so much shared memory");
}

int Run::resident_blocks(const void* kernel, std::size_t shared) {
  int each = 0;
  const cudaError_t code = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&each, kernel, tuning().threads, shared);
  if (!check(code, "a kernel cannot be launched")) return 0;
  if (each == 0) fail(kFailed, "a block of a kernel does not fit the device");
  return each * tuning().processors;
}

void Run::launched() { (void)check(cudaGetLastError(), "a kernel cannot be launched"); }

}  // namespace longwatch::cuda
