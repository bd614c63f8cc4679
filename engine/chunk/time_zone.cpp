// Time zones by name, from the system's zone files.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>

#include "engine/base/text.hpp"
#include "engine/chunk/civil.hpp"
#include "engine/chunk/time.hpp"
#include "engine/chunk/tzif.hpp"

namespace longwatch {
namespace {

namespace fs = std::filesystem;
using Limits = std::numeric_limits<std::int64_t>;

constexpr std::size_t kMaxFileBytes = 1U << 20U;
constexpr std::size_t kMaxListed = 5000;

std::int64_t clamp64(int128 value) {
  return static_cast<std::int64_t>(std::clamp<int128>(value, Limits::min(), Limits::max()));
}

fs::path zone_folder() {
  const char* folder = std::getenv("TZDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/usr/share/zoneinfo";
}

// Parts of letters, digits, '_', '+' and '-' between slashes: no absolute path, no "..", no hidden file.
bool valid_name(std::string_view name) {
  bool part_begins = true;
  for (const char c : name) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool other = (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
    if (c == '/' ? part_begins : !(letter || (other && !part_begins))) return false;
    part_begins = c == '/';
  }
  return !part_begins && name.size() <= 64;
}

Error unknown_zone(const std::string& name) {
  std::error_code failed;
  std::vector<std::string> names;
  const fs::path folder = zone_folder();
  for (fs::recursive_directory_iterator it(folder, failed), end; !failed && it != end && names.size() < kMaxListed;) {
    const std::string relative = it->path().lexically_relative(folder).string();
    if (valid_name(relative)) names.push_back(relative);
    it.increment(failed);
  }
  std::string hint = "use an IANA name such as Europe/Berlin, or UTC";
  if (names.empty()) hint = "there are no zone files in " + folder.string() + "; install tzdata, set TZDIR, or use UTC";
  std::sort(names.begin(), names.end());  // the file system's order must not choose among equals
  const std::string near = nearest_name(name, names);
  if (!near.empty()) hint = "did you mean '" + near + "'?";
  return {ErrorCode::configuration, "'" + name + "' is not a known time zone", {}, hint};
}

Result<std::string> read_zone_file(const std::string& name) {
  std::error_code failed;
  const fs::path path = zone_folder() / name;
  if (!valid_name(name) || !fs::is_regular_file(path, failed)) return unknown_zone(name);
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kMaxFileBytes, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
  if (bytes.empty())
    return Error{ErrorCode::data, "cannot read the zone file " + path.string(), {}, "check its permissions"};
  return bytes;
}

}  // namespace

Result<TimeZone> TimeZone::find(const std::string& name) {
  TimeZone zone;
  if (name.empty() || name == "UTC") return zone;
  LW_TRY(const std::string bytes, read_zone_file(name));
  Result<ZoneTable> table = parse_tzif(bytes);
  if (!table) {
    Error error = table.error();
    error.where.file = (zone_folder() / name).string();
    return error;
  }
  zone.first_offset_ = table.value().first_offset * kMicrosPerSecond;
  std::int64_t before = zone.first_offset_;
  std::int64_t last_local = Limits::min();
  for (const ZoneChange& change : table.value().changes) {
    const std::int64_t offset = change.offset * kMicrosPerSecond;
    const int128 utc = static_cast<int128>(change.utc) * kMicrosPerSecond;
    // Set forward: local times in the gap take the offset before it, and so land after it. Set back: the times that
    // occur twice take the offset before, and so are the first of the two. Either way the new offset holds from
    // utc + the larger of the two on.
    last_local = std::max(last_local, clamp64(utc + std::max(before, offset)));
    zone.transitions_.push_back({clamp64(utc), last_local, offset});
    before = offset;
  }
  return zone;
}

ZonePiece TimeZone::piece(std::int64_t time, std::int64_t Transition::*key) const {
  const auto next = std::partition_point(transitions_.begin(), transitions_.end(),
                                         [&](const Transition& transition) { return transition.*key <= time; });
  ZonePiece out{Limits::min(), Limits::max(), first_offset_};
  if (next != transitions_.end()) out.end = *next.*key;
  if (next != transitions_.begin()) {
    out.begin = *std::prev(next).*key;
    out.offset = std::prev(next)->offset;
  }
  return out;
}

ZonePiece TimeZone::piece_at_utc(std::int64_t utc) const { return piece(utc, &Transition::utc); }
ZonePiece TimeZone::piece_at_local(std::int64_t local) const { return piece(local, &Transition::local); }

std::int64_t TimeZone::to_local(std::int64_t utc) const { return add_saturated(utc, piece_at_utc(utc).offset); }
std::int64_t TimeZone::to_utc(std::int64_t local) const { return add_saturated(local, -piece_at_local(local).offset); }

}  // namespace longwatch
