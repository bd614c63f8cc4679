#pragma once
// Whether a file is still the one that was opened before, without reading it.

#include <cstdint>

namespace longwatch::reading {

/// Where a file lies and when it was last written.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t bytes = 0;
  std::int64_t written_seconds = 0;
  std::int64_t written_nanos = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// The identity of an open file. Throws Corrupt where the system does not say.
FileIdentity identify(int descriptor);

}  // namespace longwatch::reading
