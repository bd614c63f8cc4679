// Runs the cases on one device and prints a table: `benchmark_cuda`, see benchmarks/README.md.
#include "benchmarks/cuda/bench.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "cuda/backend.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kCopyBytes = std::int64_t{1} << 30;  // some 20 times the cache of an H100

/// By repeat, all launches of a submission together.
std::vector<double> together(const std::vector<std::vector<double>>& launches) {
  std::vector<double> out;
  for (const std::vector<double>& times : launches) {
    out.resize(times.size());
    for (std::size_t i = 0; i < times.size(); ++i) out[i] += times[i];
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Bench::Bench(std::unique_ptr<cuda::TimedDevice> device, const BenchSizes& sizes)
    : sizes_(sizes), device_(std::move(device)) {
  copy_ = device_->copy_bandwidth(kCopyBytes, sizes.repeats);
  if (copy_ <= 0) throw std::runtime_error("the copy bandwidth cannot be measured: is device memory taken?");
  auto session = std::make_shared<cuda::Session>(device_->table(), device_->context());
  backend_ = cuda::make_backend(std::move(session), device_->name(), make_cpu_backend().value());
  std::printf("%s; %s; copies on the device read and write %.0f GB/s together.\n", device_->name().c_str(),
              device_->driver().c_str(), copy_ / 1e9);
  std::printf("Kernels alone, columns in device memory; median, lowest and highest of %d repeats.\n\n", sizes.repeats);
  std::printf("| case | what is read | ms | GB/s | of the copy bandwidth |\n|---|---|---|---|---|\n");
  std::fflush(stdout);
}

bool Bench::wanted(const std::string& name, double bytes) {
  if (name.find(sizes_.only) == std::string::npos) return false;
  const double free = free_memory();
  if (bytes <= free) return true;
  std::printf("| %s | not run: it needs %.1f GB of device memory, %.1f are free | | | |\n", name.c_str(), bytes / 1e9,
              free / 1e9);
  return false;
}

bool Bench::launched(const std::string& name) {
  if (!device_->take().empty()) return true;
  std::printf("| %s | not run: the backend has no kernel for it | | | |\n", name.c_str());
  return false;
}

void Bench::report(const std::string& name, const std::string& what, double bytes) {
  const std::vector<double> times = together(device_->take());
  if (times.empty()) return fail(name, "it did not run on the device");
  const double median = times[times.size() / 2];
  const double rate = bytes / (median * 1e-3);
  std::printf("| %s | %s | %.3f (%.3f - %.3f) | %.0f | %.1f %% |\n", name.c_str(), what.c_str(), median, times.front(),
              times.back(), rate / 1e9, 100 * rate / copy_);
  std::fflush(stdout);
}

void Bench::report(const std::string& name, const std::string& what) {
  const std::vector<double> times = together(device_->take());
  if (times.empty()) return fail(name, "it did not run on the device");
  std::printf("| %s | %s | %.3f (%.3f - %.3f) | | |\n", name.c_str(), what.c_str(), times[times.size() / 2],
              times.front(), times.back());
  std::fflush(stdout);
}

void Bench::fail(const std::string& name, const std::string& why) {
  (void)device_->take();
  std::printf("| %s | failed: %s | | | |\n", name.c_str(), why.c_str());
  std::fflush(stdout);
  failed_ = true;
}

namespace {

constexpr const char* kUsage =
    "Usage: benchmark_cuda [--repeats N] [--columns N] [--chunks N] [--rows N] [--small-items N] [--small-rows N]\n"
    "                      [--only TEXT]     (cases whose name has TEXT)\n";

/// False where an argument is not known.
bool read(int count, char** arguments, BenchSizes& sizes) {
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count) return false;
    const long long number = std::atoll(arguments[i + 1]);
    if (name == "--only") {
      sizes.only = arguments[i + 1];
      continue;
    }
    if (number < 1) return false;
    if (name == "--repeats") {
      sizes.repeats = static_cast<int>(number);
    } else if (name == "--columns") {
      sizes.columns = number;
    } else if (name == "--chunks") {
      sizes.chunks = number;
    } else if (name == "--rows") {
      sizes.rows = number;
    } else if (name == "--small-items") {
      sizes.small_items = number;
    } else if (name == "--small-rows") {
      sizes.small_rows = number;
    } else {
      return false;
    }
  }
  return true;
}

int run(int count, char** arguments) {
  BenchSizes sizes;
  if (!read(count, arguments, sizes)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  cuda::Status status{};
  auto device = cuda::open_timed_device(sizes.repeats, status);
  if (device == nullptr) {
    std::fprintf(stderr, "benchmark_cuda: no GPU can be used: %s\n", status.text);
    return 3;
  }
  Bench bench(std::move(device), sizes);
  number_cases(bench);
  matrix_cases(bench);
  replicate_cases(bench);
  return bench.failed() ? 1 : 0;
}

}  // namespace
}  // namespace longwatch

int main(int count, char** arguments) {
  try {
    return longwatch::run(count, arguments);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "benchmark_cuda: %s\n", failure.what());
    return 1;
  }
}
