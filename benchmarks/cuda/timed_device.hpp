#pragma once
// A device whose kernels are repeated and timed, each launch alone: copies before and after it do not count. There are
// two: by CUDA events (timed_device.cu), and the emulation, by a clock (emulated_device.cpp).

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cuda/abi.hpp"

namespace longwatch::cuda {

class TimedDevice {
 public:
  virtual ~TimedDevice() = default;
  [[nodiscard]] virtual const Module& table() const = 0;
  /// Opened once; whoever takes it closes it.
  [[nodiscard]] virtual Context* context() = 0;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string driver() const = 0;
  /// Bytes that are free on the device.
  [[nodiscard]] virtual double free_memory() const = 0;
  /// Bytes read and written a second when memory is copied on the device, the median of `repeats`.
  virtual double copy_bandwidth(std::int64_t bytes, int repeats) = 0;
  /// Milliseconds of the launches since the last call: by launch, then by repeat. The first of each, which warms up, is
  /// left out.
  virtual std::vector<std::vector<double>> take() = 0;
};

/// Every launch is done 1 + `repeats` times. Null where there is no device, with the reason in `status`.
std::unique_ptr<TimedDevice> open_timed_device(int repeats, Status& status);

}  // namespace longwatch::cuda
