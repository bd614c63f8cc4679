#pragma once
// Opens liblongwatch_cuda.so at run time, so that one program runs with and without CUDA. Every reason why it cannot be
// used is an error of the kind `usage`; nothing is printed.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cuda/abi.hpp"
#include "engine/backend/backend.hpp"

namespace longwatch::cuda {

/// Where the module is looked for: $LONGWATCH_CUDA where it is set, else beside the running program, else in ../lib.
std::string module_path();

/// Opens a module, which then stays for the life of the process. Fails where there is no such file, it cannot be
/// linked, is no module, or speaks another version of abi.hpp.
Result<const Module*> load_module(const std::string& path);

/// Where the module of cuBLAS is looked for: $LONGWATCH_CUDA_BLAS where it is set, else beside the module.
std::string blas_path(const std::string& module);

/// Opens the module of cuBLAS, which then stays for the life of the process. Fails as load_module does, and where
/// cuBLAS itself is missing.
Result<const BlasModule*> load_blas(const std::string& path);

/// A device as a driver tells of it.
struct DeviceLine {
  std::int32_t index = 0;
  std::string name;
  std::int64_t memory = 0;  ///< bytes
  std::string capability;   ///< "9.0"
};

/// The devices of a module; at least one. Fails where there is no driver, an old one, or no device.
Result<std::vector<DeviceLine>> list_devices(const Module& module);

/// A backend on a device of the module at `path`, with the CPU at `level` for what the device cannot do. It takes at
/// most `memory` bytes of the device; 0: nine tenths of what is free. The module of cuBLAS is opened once it is of use,
/// and may be missing. Fails as load_module and list_devices do, and where there is no such device.
Result<std::unique_ptr<Backend>> make_cuda_backend(const std::string& path, std::int32_t device,
                                                   std::int64_t memory = 0, VectorLevel level = VectorLevel::best);

}  // namespace longwatch::cuda
