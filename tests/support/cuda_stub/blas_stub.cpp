// Modules of cuBLAS that cannot be used, each in its own way. STUB says which.

#include "cuda/abi.hpp"

namespace longwatch::cuda {
namespace {

enum Kind { wrong_abi, empty, missing };

constexpr BlasModule kBlas = {
    STUB == wrong_abi ? kAbiVersion + 6 : kAbiVersion, nullptr, nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace longwatch::cuda

#if STUB == 2
extern "C" int longwatch_absent_blas();
extern "C" __attribute__((visibility("default"))) int needs_it() { return longwatch_absent_blas(); }
#endif

extern "C" __attribute__((visibility("default"))) const longwatch::cuda::BlasModule* longwatch_cuda_blas_module() {
  return STUB == longwatch::cuda::empty ? nullptr : &longwatch::cuda::kBlas;
}
