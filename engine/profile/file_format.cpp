// The envelope of a profile file.
#include "engine/profile/file_format.hpp"

#include "engine/base/hash.hpp"

namespace longwatch {
namespace {

constexpr std::string_view kMagic = "LWPROF\n";
constexpr std::size_t kHeaderSize = kMagic.size() + 4 + 8 + 8;

void append(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, int size) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)])) << (8 * i);
  }
  return value;
}

Error refused(std::string what, std::string hint) { return {ErrorCode::data, std::move(what), {}, std::move(hint)}; }

}  // namespace

std::string wrap_content(std::string_view content, std::uint32_t version) {
  std::string out(kMagic);
  out.reserve(kHeaderSize + content.size());
  append(out, version, 4);
  append(out, content.size(), 8);
  append(out, hash_text(content), 8);
  out.append(content);
  return out;
}

Result<std::string_view> unwrap_content(std::string_view bytes, std::uint32_t version) {
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    return refused("this is not a reference profile", "give a file that `longwatch fit` wrote");
  }
  const std::string again = "fit the reference again";
  if (bytes.size() < kHeaderSize) return refused("the profile is cut short", again);
  const std::uint64_t found = number_at(bytes, kMagic.size(), 4);
  if (found > version) {
    return refused("was written by a newer Longwatch (profile version " + std::to_string(found) +
                       ", this one reads up to " + std::to_string(version) + ")",
                   "upgrade Longwatch");
  }
  if (found == 0) return refused("the profile's version is 0, which no Longwatch wrote", again);
  const std::string_view content = bytes.substr(kHeaderSize);
  const std::uint64_t length = number_at(bytes, kMagic.size() + 4, 8);
  if (content.size() < length) return refused("the profile is cut short", again);
  if (content.size() > length) return refused("the profile is longer than it says", again);
  if (hash_text(content) != number_at(bytes, kMagic.size() + 12, 8)) {
    return refused("the profile is damaged: its checksum does not match", again);
  }
  return content;
}

std::uint32_t version_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(number_at(bytes, kMagic.size(), 4));
}

}  // namespace longwatch
