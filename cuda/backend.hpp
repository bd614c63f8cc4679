#pragma once
// The CUDA backend on the engine's side: items to a module's device, and what it cannot do to the CPU.

#include <memory>
#include <string>

#include "cuda/session.hpp"

namespace longwatch::cuda {

/// A backend over an open device. Numbers, categories, scores, residuals and replicates have kernels; Gram matrices,
/// row errors and classes run on `cpu`, as does every submission that the device could not finish. Where its memory is
/// short, a submission of several items is tried again in halves first. Backend::fallbacks says what ran on `cpu`.
std::unique_ptr<Backend> make_backend(std::shared_ptr<Session> session, std::string description,
                                      std::unique_ptr<Backend> cpu);

}  // namespace longwatch::cuda
