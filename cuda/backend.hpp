#pragma once
// The CUDA backend on the engine's side: items to a module's device, and what it cannot do to the CPU.

#include <memory>
#include <string>

#include "cuda/session.hpp"

namespace longwatch::cuda {

/// A backend over an open device. Every kind has a kernel; on `cpu` runs what the device could not finish. Where its
/// memory is short, a submission is tried again in halves first. Backend::fallbacks says what ran on `cpu`.
/// `blas_path` is where cuBLAS is opened for the first Gram matrix of kBlasFeatures features (empty: nowhere); without
/// it own kernels do the same, and fallbacks says so.
std::unique_ptr<Backend> make_backend(std::shared_ptr<Session> session, std::string description,
                                      std::unique_ptr<Backend> cpu, std::string blas_path = {});

}  // namespace longwatch::cuda
