// From --device to a backend.
#include "engine/device.hpp"

#include <charconv>
#include <string_view>

#include "cuda/loader.hpp"

namespace longwatch {
namespace {

// Why `auto` is the CPU.
std::string why_cpu() {
  const auto module = cuda::load_module(cuda::module_path());
  if (!module.ok()) return module.error().text();
  const auto devices = cuda::list_devices(*module.value());
  if (!devices.ok()) return devices.error().text();
  return "the device cuda:0 (" + devices.value().front().name + ") is used where --device cuda asks for it";
}

}  // namespace

Result<DeviceChoice> parse_device(const std::string& text) {
  if (text == "auto") return DeviceChoice{};
  if (text == "cpu") return DeviceChoice{DeviceChoice::Kind::cpu, 0};
  if (text == "cuda") return DeviceChoice{DeviceChoice::Kind::cuda, 0};
  constexpr std::string_view kNumbered = "cuda:";
  if (text.starts_with(kNumbered)) {
    DeviceChoice out{DeviceChoice::Kind::cuda, 0};
    const char* const begin = text.data() + kNumbered.size();
    const char* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(begin, end, out.index);
    if (failed == std::errc() && stopped == end && out.index >= 0) return out;
  }
  return Error{ErrorCode::usage, "there is no device '" + text + "'", {}, "it may be auto, cpu, cuda or cuda:N"};
}

Result<ChosenBackend> choose_backend(const DeviceChoice& choice, VectorLevel level) {
  ChosenBackend out;
  if (choice.kind == DeviceChoice::Kind::cuda) {
    LW_TRY(out.backend, cuda::make_cuda_backend(cuda::module_path(), choice.index, level));
    out.reason = "asked for";
    return out;
  }
  LW_TRY(out.backend, make_cpu_backend(level));
  out.reason = choice.kind == DeviceChoice::Kind::cpu ? "asked for" : "auto: " + why_cpu();
  return out;
}

}  // namespace longwatch
