// The emulation's entry as a module: what `longwatch run --device cuda` opens in tests.
#include "cuda/emulation/module.hpp"

extern "C" __attribute__((visibility("default"))) const longwatch::cuda::Module* longwatch_cuda_module() {
  return &longwatch::cuda::emulated_module();
}
