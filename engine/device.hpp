#pragma once
// Which backend a run computes on, and why.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/backend/mixed_backend.hpp"

namespace longwatch {

/// What --device and --device-memory ask for.
struct DeviceChoice {
  enum class Kind : std::uint8_t { automatic, cpu, cuda };
  Kind kind = Kind::automatic;
  std::vector<std::int32_t> devices;  ///< CUDA devices, in this order; none: all. One named twice gets two workers
  std::int64_t memory = 0;            ///< bytes of each device that may be taken; 0: nine tenths of what is free
  bool operator==(const DeviceChoice&) const = default;
};

/// "auto", "cpu", "cuda", "cuda:N" or "cuda:N,M"; anything else is a usage error.
Result<DeviceChoice> parse_device(const std::string& text);

struct ChosenBackend {
  std::unique_ptr<Backend> backend;
  const MixedBackend* mixed = nullptr;  ///< the backend, where several share the work
  std::string reason;                   ///< why this one: a sentence for the run's record
  std::string warning;                  ///< why a device that was wanted is not used; empty: nothing to say
  std::vector<std::pair<std::string, WorkRates>> rates;  ///< by backend, where the work is shared by them
};

/// The backend for a choice; the CPU computes at `level`. `auto` shares the work among the CPU and all devices, as
/// their rates at start-up say; `cuda` gives it to the devices, and to the CPU only what they fail at. Where no device
/// can be used the CPU computes, and `reason` and `warning` say why not; only a number that no device of this machine
/// has is a usage error.
Result<ChosenBackend> choose_backend(const DeviceChoice& choice, VectorLevel level);

}  // namespace longwatch
