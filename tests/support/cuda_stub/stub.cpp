// Modules that cannot be used, each in its own way: what the loader must tell apart. STUB says which.

#include <cstring>

#include "cuda/abi.hpp"

namespace longwatch::cuda {
namespace {

enum Kind { wrong_abi, no_driver, old_driver, no_device, broken_driver, two_devices, empty };

void set(Status& status, StatusCode code, const char* text) {
  status = {};
  status.code = code;
  std::strncpy(status.text, text, sizeof status.text - 1);
}

void probe(Probe* out) {
  *out = {};
  out->driver = 12020;
  out->runtime = 13010;
  if constexpr (STUB == no_driver) out->driver = 0;
  if constexpr (STUB == no_driver) set(out->status, kNoDriver, "");
  if constexpr (STUB == old_driver) set(out->status, kOldDriver, "");
  if constexpr (STUB == no_device) set(out->status, kNoDevice, "");
  if constexpr (STUB == broken_driver) set(out->status, kFailed, "the devices cannot be counted: unknown error");
  if constexpr (STUB == two_devices) out->devices = 2;
}

void describe(std::int32_t device, DeviceInfo* out) {
  *out = {};
  std::strcpy(out->name, device == 0 ? "first" : "second");
  out->memory = std::int64_t{80} << 30;
  out->major = 9;
}

Context* open(std::int32_t, std::int64_t, Status* status) {
  set(*status, kNoMemory, "it is used by another program alone");
  return nullptr;
}

constexpr Module kModule = {STUB == wrong_abi ? kAbiVersion + 6 : kAbiVersion, probe, describe, open};

}  // namespace
}  // namespace longwatch::cuda

#if STUB == 7
extern "C" int another_library() { return 0; }
#else
extern "C" __attribute__((visibility("default"))) const longwatch::cuda::Module* longwatch_cuda_module() {
  return STUB == longwatch::cuda::empty ? nullptr : &longwatch::cuda::kModule;
}
#endif
