// Finds, opens and asks the module.
#include "cuda/loader.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "cuda/backend.hpp"

namespace longwatch::cuda {
namespace {

constexpr const char* kFile = "liblongwatch_cuda.so";
constexpr const char* kBlasFile = "liblongwatch_cuda_blas.so";
constexpr const char* kUseCpu = "use --device cpu";

Error unusable(std::string what, std::string hint = kUseCpu, std::string file = {}) {
  return {ErrorCode::usage, std::move(what), {.file = std::move(file)}, std::move(hint)};
}

// 13010 is "13.1".
std::string version_text(std::int32_t version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

Result<void> usable(const Probe& probe) {
  switch (probe.status.code) {
    case kDone:
      return {};
    case kNoDriver:
      return unusable("there is no NVIDIA driver");
    case kOldDriver:
      return unusable("the NVIDIA driver is too old: it is made for CUDA " + version_text(probe.driver) +
                          ", and the module needs " + version_text(probe.runtime),
                      "install a newer driver, or use --device cpu");
    case kNoDevice:
      return unusable("the NVIDIA driver sees no device");
    default:
      return unusable(std::string("CUDA cannot be used: ") + probe.status.text);
  }
}

struct Kind {
  std::string name;
  std::string missing_hint;
};

/// The table of a library's only symbol.
template <class Table, class Entry>
Result<const Table*> load(const std::string& path, const char* entry, const Kind& kind) {
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) return unusable("there is no " + kind.name, kind.missing_hint, path);
  // Never closed: a driver does not survive it.
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = dlerror();
    return unusable("the " + kind.name + " cannot be opened: " + (why != nullptr ? why : "no reason given"));
  }
  void* const symbol = dlsym(library, entry);
  const auto* const table = symbol == nullptr ? nullptr : reinterpret_cast<Entry>(symbol)();
  if (table == nullptr) return unusable("the file is no " + kind.name + " of Longwatch", kUseCpu, path);
  if (table->abi != kAbiVersion) {
    return unusable("the " + kind.name + " is of another build: it has interface " + std::to_string(table->abi) +
                        ", and this program " + std::to_string(kAbiVersion),
                    "install both from one build, or use --device cpu", path);
  }
  return table;
}

}  // namespace

std::string module_path() {
  if (const char* set = std::getenv("LONGWATCH_CUDA"); set != nullptr && *set != '\0') return set;
  std::error_code failed;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  const std::filesystem::path installed = program.parent_path() / "lib" / kFile;
  const std::filesystem::path beside = program / kFile;
  return !std::filesystem::exists(beside, failed) && std::filesystem::exists(installed, failed) ? installed : beside;
}

std::string blas_path(const std::string& module) {
  if (const char* set = std::getenv("LONGWATCH_CUDA_BLAS"); set != nullptr && *set != '\0') return set;
  return std::filesystem::path(module).parent_path() / kBlasFile;
}

Result<const Module*> load_module(const std::string& path) {
  return load<Module, ModuleEntry>(path, kModuleEntry,
                                   {"CUDA module", "build with a CUDA toolkit, or use --device cpu"});
}

Result<const BlasModule*> load_blas(const std::string& path) {
  return load<BlasModule, BlasEntry>(path, kBlasEntry, {"cuBLAS module", "build with cuBLAS"});
}

Result<std::vector<DeviceLine>> list_devices(const Module& module) {
  Probe probe;
  module.probe(&probe);
  LW_CHECK(usable(probe));
  std::vector<DeviceLine> out;
  for (std::int32_t i = 0; i < probe.devices; ++i) {
    DeviceInfo info;
    module.describe(i, &info);
    if (info.status.code != kDone) return unusable(std::string("CUDA cannot be used: ") + info.status.text);
    out.push_back({i, info.name, info.memory, std::to_string(info.major) + "." + std::to_string(info.minor)});
  }
  return out;
}

Result<std::unique_ptr<Backend>> make_cuda_backend(const std::string& path, std::int32_t device, std::int64_t memory,
                                                   VectorLevel level) {
  LW_TRY(const Module* const module, load_module(path));
  LW_TRY(const std::vector<DeviceLine> devices, list_devices(*module));
  const std::string name = "cuda:" + std::to_string(device);
  if (device < 0 || device >= static_cast<std::int32_t>(devices.size()))
    return unusable("there is no device " + name + "; there are " + std::to_string(devices.size()),
                    "'longwatch devices' lists them");
  LW_TRY(auto cpu, make_cpu_backend(level));
  Status status{};
  Context* const context = module->open(device, memory, &status);
  if (context == nullptr) return unusable("the device " + name + " cannot be used: " + status.text);
  return make_backend(std::make_shared<Session>(*module, context),
                      name + " (" + devices[static_cast<std::size_t>(device)].name + ")", std::move(cpu),
                      blas_path(path));
}

}  // namespace longwatch::cuda
