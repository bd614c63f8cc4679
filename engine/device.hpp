#pragma once
// Which backend a run computes on, and why.

#include <cstdint>
#include <memory>
#include <string>

#include "engine/backend/backend.hpp"

namespace longwatch {

/// What --device asks for.
struct DeviceChoice {
  enum class Kind : std::uint8_t { automatic, cpu, cuda };
  Kind kind = Kind::automatic;
  std::int32_t index = 0;  ///< of a CUDA device
  bool operator==(const DeviceChoice&) const = default;
};

/// "auto", "cpu", "cuda" or "cuda:N"; anything else is a usage error.
Result<DeviceChoice> parse_device(const std::string& text);

struct ChosenBackend {
  std::unique_ptr<Backend> backend;
  std::string reason;  ///< why this one: a sentence for the run's record
};

/// The backend for a choice; the CPU computes at `level`. A CUDA device that was asked for and cannot be used is a
/// usage error. `auto` is the CPU so far: a device is faster only for data that stay on it, and nothing is kept there
/// yet.
Result<ChosenBackend> choose_backend(const DeviceChoice& choice, VectorLevel level);

}  // namespace longwatch
