// liblongwatch_cuda_blas.so: matrix products by cuBLAS. A module of its own, so that a machine without cuBLAS lacks
// nothing else.

#include <cublas_v2.h>
#include <cuda_runtime.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "cuda/abi.hpp"

namespace longwatch::cuda {

struct Blas {
  std::int32_t device = 0;
  std::mutex lock;
  std::vector<cublasHandle_t> idle;  ///< one for each stream that works at the same time
};

namespace {

constexpr std::size_t kMostIdle = 256;

void set(Status* status, StatusCode code, const char* what, const char* why) {
  *status = {};
  status->code = code;
  std::snprintf(status->text, sizeof status->text, "%s: %s", what, why);
}

bool check(cublasStatus_t code, const char* what, Status* status) {
  if (code == CUBLAS_STATUS_SUCCESS) return true;
  set(status, code == CUBLAS_STATUS_ALLOC_FAILED ? kNoMemory : kFailed, what, cublasGetStatusString(code));
  return false;
}

bool use(std::int32_t device, Status* status) {
  const cudaError_t code = cudaSetDevice(device);
  if (code == cudaSuccess) return true;
  (void)cudaGetLastError();  // a later call must not report it again
  set(status, kFailed, "the device cannot be used", cudaGetErrorString(code));
  return false;
}

// Pedantic: no arithmetic but that of doubles, whatever the environment asks for.
cublasHandle_t make_handle(Status* status) {
  cublasHandle_t handle = nullptr;
  if (!check(cublasCreate(&handle), "cuBLAS cannot be opened", status)) return nullptr;
  if (check(cublasSetMathMode(handle, CUBLAS_PEDANTIC_MATH), "cuBLAS lacks native arithmetic", status)) return handle;
  (void)cublasDestroy(handle);
  return nullptr;
}

void close(Blas* blas) {
  if (blas == nullptr) return;
  if (cudaSetDevice(blas->device) == cudaSuccess) {
    for (const cublasHandle_t handle : blas->idle) (void)cublasDestroy(handle);
  }
  delete blas;
}

Blas* open(std::int32_t device, Status* status) {
  *status = {};
  if (!use(device, status)) return nullptr;
  const cublasHandle_t first = make_handle(status);
  if (first == nullptr) return nullptr;
  try {
    auto blas = std::make_unique<Blas>();
    blas->device = device;
    blas->idle.reserve(kMostIdle);  // so that giving back never fails
    blas->idle.push_back(first);
    return blas.release();
  } catch (const std::bad_alloc&) {
    (void)cublasDestroy(first);
    set(status, kNoMemory, "cuBLAS cannot be opened", "no host memory");
    return nullptr;
  }
}

void* lend(Blas* blas, void* stream, Status* status) {
  *status = {};
  if (!use(blas->device, status)) return nullptr;
  cublasHandle_t handle = nullptr;
  {
    const std::lock_guard<std::mutex> guard(blas->lock);
    if (!blas->idle.empty()) {
      handle = blas->idle.back();
      blas->idle.pop_back();
    }
  }
  if (handle == nullptr) handle = make_handle(status);
  if (handle == nullptr) return nullptr;
  if (check(cublasSetStream(handle, static_cast<cudaStream_t>(stream)), "cuBLAS refuses a stream", status))
    return handle;
  (void)cublasDestroy(handle);
  return nullptr;
}

void give_back(Blas* blas, void* handle) {
  const std::lock_guard<std::mutex> guard(blas->lock);
  if (blas->idle.size() < kMostIdle) {
    blas->idle.push_back(static_cast<cublasHandle_t>(handle));
  } else {
    (void)cublasDestroy(static_cast<cublasHandle_t>(handle));
  }
}

void products(void* handle, const double* left, const double* right, std::int64_t rows, std::int64_t batches,
              std::int64_t n, double* out, Status* status) {
  const double one = 1;
  const double zero = 0;
  const auto height = static_cast<int>(rows * batches);
  const auto size = static_cast<int>(n);
  (void)check(cublasDgemmStridedBatched(static_cast<cublasHandle_t>(handle), CUBLAS_OP_T, CUBLAS_OP_N, size, size,
                                        static_cast<int>(rows), &one, left, height, rows, right, height, rows, &zero,
                                        out, size, n * n, static_cast<int>(batches)),
              "a matrix product failed", status);
}

constexpr BlasModule kBlas = {kAbiVersion, open, close, lend, give_back, products};

}  // namespace
}  // namespace longwatch::cuda

extern "C" __attribute__((visibility("default"))) const longwatch::cuda::BlasModule* longwatch_cuda_blas_module() {
  return &longwatch::cuda::kBlas;
}
