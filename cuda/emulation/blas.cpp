// The library calls of liblongwatch_cuda_blas.so on the host.
#include <cstdlib>

#include "cuda/emulation/module.hpp"

namespace longwatch::cuda {

struct Blas {};

namespace {

Blas only;

void products(void*, const double* left, const double* right, std::int64_t rows, std::int64_t batches, std::int64_t n,
              double* out, Status*) {
  const std::int64_t height = batches * rows;
  for (std::int64_t b = 0; b < batches; ++b) {
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t i = 0; i < n; ++i) {
        double sum = 0;
        for (std::int64_t r = b * rows; r < (b + 1) * rows; ++r) sum += left[i * height + r] * right[j * height + r];
        out[(b * n + j) * n + i] = sum;
      }
    }
  }
}

constexpr BlasModule kBlas = {kAbiVersion,         [](std::int32_t, Status*) { return &only; },
                              [](Blas*) {},        [](Blas* blas, void*, Status*) { return static_cast<void*>(blas); },
                              [](Blas*, void*) {}, products};

}  // namespace

const BlasModule& emulated_blas() { return kBlas; }

}  // namespace longwatch::cuda
