// The verb devices: what can compute here, and why not.
#include <cstdio>
#include <memory>
#include <thread>

#include "cuda/loader.hpp"
#include "engine/output/text_table.hpp"
#include "tools/commands.hpp"

namespace longwatch {
namespace {

// Without the advice to use the CPU, which stands a line above.
std::string reason(const Error& error) {
  return error.where.file.empty() ? error.what : error.where.file + ": " + error.what;
}

void add_cuda(TextTable& table) {
  const auto unusable = [&](const Error& error) {
    table.add_row({std::string("cuda"), {}, {}, {}, false, reason(error)});
  };
  const auto module = cuda::load_module(cuda::module_path());
  if (!module.ok()) return unusable(module.error());
  const auto devices = cuda::list_devices(*module.value());
  if (!devices.ok()) return unusable(devices.error());
  const auto blas = cuda::load_blas(cuda::blas_path(cuda::module_path()));
  const TextTable::Cell note =
      blas.ok() ? TextTable::Cell() : TextTable::Cell("without cuBLAS: " + reason(blas.error()));
  for (const cuda::DeviceLine& device : devices.value()) {
    table.add_row({"cuda:" + std::to_string(device.index), device.name, device.capability,
                   static_cast<double>(device.memory) / (1 << 30), true, note});
  }
}

int show(const std::string& format) {
  TextTable table({"device", "name", "capability", "memory_gib", "usable", "reason"});
  const auto cpu = make_cpu_backend();
  if (!cpu.ok()) return report(cpu.error());
  const std::string threads = ", " + std::to_string(std::thread::hardware_concurrency()) + " threads";
  table.add_row({std::string("cpu"), cpu.value()->description() + threads, {}, {}, true, {}});
  add_cuda(table);
  if (format == "table") table.drop_empty_columns();
  std::fputs((format == "json" ? table.to_json() : table.text()).c_str(), stdout);
  return kExitFine;
}

}  // namespace

void add_devices_verb(CLI::App& app, int& code) {
  auto* verb =
      app.add_subcommand("devices", "List what can compute here: the CPU, and CUDA devices or why there are none");
  verb->footer("Example: longwatch devices");
  auto format = std::make_shared<std::string>("table");
  verb->add_option("--format", *format, "table or json")->check(CLI::IsMember({"table", "json"}));
  verb->callback([format, &code] { code = show(*format); });
}

}  // namespace longwatch
