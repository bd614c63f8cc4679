// From --device to a backend.
#include "engine/device.hpp"

#include <charconv>
#include <string_view>

#include "cuda/loader.hpp"
#include "engine/backend/calibrate.hpp"

namespace longwatch {
namespace {

// "0,1": numbers of devices.
bool parse_numbers(std::string_view text, std::vector<std::int32_t>& out) {
  while (true) {
    std::int32_t number = 0;
    const auto [stopped, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || number < 0) return false;
    out.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(stopped - text.data()));
    if (text.empty()) return true;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
  }
}

Result<ChosenBackend> cpu_alone(VectorLevel level, std::string reason) {
  ChosenBackend out;
  LW_TRY(out.backend, make_cpu_backend(level));
  out.reason = std::move(reason);
  return out;
}

// The numbers of the devices to use; fails where none can be.
Result<std::vector<std::int32_t>> usable_devices(const std::string& module) {
  LW_TRY(const cuda::Module* const opened, cuda::load_module(module));
  LW_TRY(const auto lines, cuda::list_devices(*opened));
  std::vector<std::int32_t> out;
  for (const cuda::DeviceLine& line : lines) out.push_back(line.index);
  return out;
}

Result<Worker> device_worker(const DeviceChoice& choice, std::int32_t device, VectorLevel level) {
  Worker out;
  LW_TRY(out.backend, cuda::make_cuda_backend(cuda::module_path(), device, choice.memory, level));
  out.queued = true;
  return out;
}

Result<ChosenBackend> share(std::vector<Worker> workers, std::string reason) {
  ChosenBackend out;
  for (Worker& worker : workers) {
    LW_TRY(worker.rates, calibrate(*worker.backend));
    out.rates.emplace_back(worker.backend->description(), worker.rates);
  }
  auto mixed = MixedBackend::make(std::move(workers));
  out.mixed = mixed.get();
  out.backend = std::move(mixed);
  out.reason = std::move(reason);
  return out;
}

}  // namespace

Result<DeviceChoice> parse_device(const std::string& text) {
  if (text == "auto") return DeviceChoice{};
  DeviceChoice out{DeviceChoice::Kind::cpu, {}, 0};
  if (text == "cpu") return out;
  out.kind = DeviceChoice::Kind::cuda;
  constexpr std::string_view kNumbered = "cuda:";
  if (text == "cuda") return out;
  if (text.starts_with(kNumbered) && parse_numbers(std::string_view(text).substr(kNumbered.size()), out.devices))
    return out;
  return Error{
      ErrorCode::usage, "there is no device '" + text + "'", {}, "it may be auto, cpu, cuda, cuda:N or cuda:N,M"};
}

Result<ChosenBackend> choose_backend(const DeviceChoice& choice, VectorLevel level) {
  if (choice.kind == DeviceChoice::Kind::cpu) return cpu_alone(level, "asked for");
  const bool automatic = choice.kind == DeviceChoice::Kind::automatic;
  const auto usable = usable_devices(cuda::module_path());
  const auto without = [&](const Error& error) -> Result<ChosenBackend> {
    const std::string why = error.where.file.empty() ? error.what : error.where.file + ": " + error.what;
    LW_TRY(ChosenBackend out, cpu_alone(level, (automatic ? "auto: " : "instead of cuda: ") + why));
    out.warning = "no GPU is used: " + why;
    return out;
  };
  if (!usable.ok()) return without(usable.error());
  std::vector<Worker> workers;
  if (automatic) {
    Worker cpu;
    LW_TRY(cpu.backend, make_cpu_backend(level));
    workers.push_back(std::move(cpu));
  }
  for (const std::int32_t device : choice.devices.empty() ? usable.value() : choice.devices) {
    auto worker = device_worker(choice, device, level);
    if (!worker.ok() && (device >= static_cast<std::int32_t>(usable.value().size()))) return std::move(worker.error());
    if (!worker.ok()) return without(worker.error());
    workers.push_back(std::move(worker).value());
  }
  if (workers.size() > 1) return share(std::move(workers), automatic ? "auto: by the rates at start-up" : "asked for");
  ChosenBackend out;
  out.backend = std::move(workers.front().backend);
  out.reason = "asked for";
  return out;
}

}  // namespace longwatch
