#pragma once
// The emulation as a module: the table of liblongwatch_cuda.so with the same kernels and drivers, compiled for the
// host.

#include <cstdint>

#include "cuda/abi.hpp"
#include "cuda/emulation/emulation.hpp"

namespace longwatch::cuda {

/// What the emulated device is like. Small, so that small items fill more than one block and more than one piece.
struct Emulation {
  Order order = Order::forward;
  int threads = 64;
  int blocks = 3;
  std::int64_t piece_rows = 96;
  std::size_t shared = 24 * 1024;
  std::size_t arena = 0;  ///< each array lies alone, so that a wrong index leaves it
  std::size_t stage = 4096;
  std::size_t stages = 4;
  std::int64_t memory = INT64_MAX;
  std::int64_t allocations = -1;  ///< how many succeed before one fails; -1: all
  std::int64_t launches = -1;
  bool once = false;  ///< what comes after the failure succeeds again
  std::int64_t blas_features = kBlasFeatures;  ///< another number: emulated_blas takes Gram matrices from there on
};

/// Closed by the table's close.
Context* open_emulation(const Emulation& emulation);

/// The table. Its probe reports one device; contexts come from open_emulation, or in forward order from open.
const Module& emulated_module();

/// Matrix products in the order of the rows.
const BlasModule& emulated_blas();

}  // namespace longwatch::cuda
