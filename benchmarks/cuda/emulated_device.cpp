// The emulation in the place of a device: so that the benchmarks themselves are tested where there is none. Its times
// say nothing.
#include <chrono>

#include "benchmarks/cuda/timed_device.hpp"
#include "cuda/device.hpp"
#include "cuda/emulation/module.hpp"

namespace longwatch::cuda {
namespace {

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class EmulatedDevice final : public TimedDevice, public LaunchWatch {
 public:
  explicit EmulatedDevice(int repeats) : repeats_(repeats), context_(open_emulation({})) { context_->watch = this; }

  [[nodiscard]] const Module& table() const override { return emulated_module(); }
  [[nodiscard]] Context* context() override { return context_; }
  [[nodiscard]] std::string name() const override { return "emulation on the host: its times say nothing"; }
  [[nodiscard]] std::string driver() const override { return "none"; }
  [[nodiscard]] double free_memory() const override { return 1e9; }
  double copy_bandwidth(std::int64_t, int) override { return 1e9; }
  std::vector<std::vector<double>> take() override {
    std::vector<std::vector<double>> out;
    for (const std::vector<double>& stamps : launches_) {
      std::vector<double>& times = out.emplace_back();
      for (std::size_t i = 2; i < stamps.size(); ++i) times.push_back(stamps[i] - stamps[i - 1]);
    }
    launches_.clear();
    return out;
  }

  void begin(const Stream&) override { launches_.push_back({now()}); }
  bool again(const Stream&) override {
    launches_.back().push_back(now());
    return launches_.back().size() < static_cast<std::size_t>(repeats_) + 2;
  }

 private:
  int repeats_;
  Context* context_;
  std::vector<std::vector<double>> launches_;
};

}  // namespace

std::unique_ptr<TimedDevice> open_timed_device(int repeats, Status& status) {
  status = {};
  return std::make_unique<EmulatedDevice>(repeats);
}

}  // namespace longwatch::cuda
