// Launches timed by CUDA events: one before the first repeat and one after each, in the stream of the launch.
#include "benchmarks/cuda/timed_device.hpp"

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdio>

#include "cuda/device.hpp"

extern "C" const longwatch::cuda::Module* longwatch_cuda_module();

namespace longwatch::cuda {
namespace {

class EventDevice final : public TimedDevice, public LaunchWatch {
 public:
  EventDevice(int repeats, Context* context) : repeats_(repeats), context_(context) { context->watch = this; }
  ~EventDevice() override { drop(); }

  [[nodiscard]] const Module& table() const override { return *longwatch_cuda_module(); }
  [[nodiscard]] Context* context() override { return context_; }
  [[nodiscard]] std::string name() const override {
    DeviceInfo info;
    table().describe(0, &info);
    return info.name;
  }
  [[nodiscard]] std::string driver() const override {
    Probe probe;
    table().probe(&probe);
    const auto text = [](std::int32_t version) {
      return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
    };
    return "CUDA " + text(probe.driver) + " (driver), " + text(probe.runtime) + " (runtime)";
  }
  [[nodiscard]] double free_memory() const override {
    std::size_t free = 0;
    std::size_t total = 0;
    return cudaMemGetInfo(&free, &total) == cudaSuccess ? static_cast<double>(free) : 0;
  }

  double copy_bandwidth(std::int64_t bytes, int repeats) override {
    void* from = nullptr;
    void* to = nullptr;
    const auto size = static_cast<std::size_t>(bytes);
    double rate = 0;
    if (cudaMalloc(&from, size) == cudaSuccess && cudaMalloc(&to, size) == cudaSuccess &&
        cudaMemset(from, 0x5a, size) == cudaSuccess) {
      std::vector<cudaEvent_t> events;
      for (int i = 0; i <= repeats + 1; ++i) {
        events.push_back(record(nullptr));
        if (i <= repeats) (void)cudaMemcpyAsync(to, from, size, cudaMemcpyDeviceToDevice, nullptr);
      }
      std::vector<double> times = between(events);
      std::sort(times.begin(), times.end());
      rate = 2 * static_cast<double>(bytes) / (times[times.size() / 2] * 1e-3);
    }
    (void)cudaFree(from);
    (void)cudaFree(to);
    return cudaGetLastError() == cudaSuccess ? rate : 0;
  }

  std::vector<std::vector<double>> take() override {
    std::vector<std::vector<double>> out;
    for (std::vector<cudaEvent_t>& events : launches_) out.push_back(between(events));
    launches_.clear();
    return out;
  }

  void begin(const Stream& stream) override { launches_.push_back({record(stream.handle)}); }
  bool again(const Stream& stream) override {
    launches_.back().push_back(record(stream.handle));
    return launches_.back().size() < static_cast<std::size_t>(repeats_) + 2;
  }

 private:
  static cudaEvent_t record(cudaStream_t stream) {
    cudaEvent_t event = nullptr;
    (void)cudaEventCreate(&event);
    (void)cudaEventRecord(event, stream);
    return event;
  }

  /// Milliseconds between events, without the first; destroys them.
  static std::vector<double> between(std::vector<cudaEvent_t>& events) {
    std::vector<double> out;
    (void)cudaEventSynchronize(events.back());
    for (std::size_t i = 2; i < events.size(); ++i) {
      float milliseconds = 0;
      (void)cudaEventElapsedTime(&milliseconds, events[i - 1], events[i]);
      out.push_back(static_cast<double>(milliseconds));
    }
    for (const cudaEvent_t event : events) (void)cudaEventDestroy(event);
    return out;
  }

  void drop() {
    for (const std::vector<cudaEvent_t>& events : launches_) {
      for (const cudaEvent_t event : events) (void)cudaEventDestroy(event);
    }
  }

  int repeats_;
  Context* context_;
  std::vector<std::vector<cudaEvent_t>> launches_;
};

}  // namespace

std::unique_ptr<TimedDevice> open_timed_device(int repeats, Status& status) {
  const Module& found = *longwatch_cuda_module();
  Probe probe;
  found.probe(&probe);
  status = probe.status;
  if (status.code != kDone) return nullptr;
  Context* const context = found.open(0, 0, &status);
  if (context == nullptr) return nullptr;
  return std::make_unique<EventDevice>(repeats, context);
}

}  // namespace longwatch::cuda
