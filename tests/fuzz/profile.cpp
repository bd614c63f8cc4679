// Any bytes as the content of a reference profile: an error, or a profile that is written and read back.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/text.hpp"
#include "engine/profile/file_format.hpp"
#include "engine/profile/profile.hpp"

namespace {

using longwatch::ReferenceProfile;

void check(const std::string& bytes) {
  const auto profile = ReferenceProfile::deserialize(bytes, "fuzz.profile");
  if (!profile.ok()) {
    const std::string message = profile.error().text();
    if (message != longwatch::valid_utf8(message) || profile.error().what.empty()) std::abort();
    return;
  }
  const std::string written = profile.value().serialize();
  const auto again = ReferenceProfile::deserialize(written, "fuzz.profile");
  if (!again.ok() || again.value().serialize() != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  check(longwatch::wrap_content(bytes, ReferenceProfile::kVersion));  // else the checksum stops nearly all
  return 0;
}
