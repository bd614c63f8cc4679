#pragma once
// The envelope of a profile file: magic, version, length and checksum around the content.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace longwatch {

/// "LWPROF\n", version (4 bytes), length of the content and hash_text of it (8 bytes each, little-endian), the content.
std::string wrap_content(std::string_view content, std::uint32_t version);

/// The content of a file that wrap_content made with `version` or an earlier one. Errors: not a profile, a newer or
/// unknown version (told before anything else is believed), cut short or too long, damaged.
Result<std::string_view> unwrap_content(std::string_view bytes, std::uint32_t version);

/// The version of a file that unwrap_content accepts.
std::uint32_t version_of(std::string_view bytes);

}  // namespace longwatch
