// Any bytes as a configuration: an error with its place, or a fleet.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/text.hpp"
#include "engine/config/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto fleet = longwatch::parse_config(text, "fuzz.yaml");
  if (fleet.ok()) return 0;
  const std::string message = fleet.error().text();
  if (message != longwatch::valid_utf8(message) || fleet.error().what.empty()) std::abort();
  return 0;
}
