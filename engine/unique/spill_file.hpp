#pragma once
// A temporary file that has no name: whatever happens, nothing is left of it.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/sip_hash.hpp"

namespace longwatch {

/// `count` rows of one value in one chunk slot.
struct UniqueRecord {
  Hash128 hash;
  std::int32_t slot = 0;
  std::uint32_t count = 0;
};

/// Records, in extents by partition. Not thread-safe for writing; readers may run beside each other.
class SpillFile {
 public:
  /// Creates the file in `folder` (empty: $TMPDIR or the system's) and takes its name away.
  static Result<SpillFile> create(const std::string& folder, std::size_t partitions);
  SpillFile() = default;
  SpillFile(SpillFile&& other) noexcept;
  SpillFile& operator=(SpillFile&& other) noexcept;
  ~SpillFile();

  [[nodiscard]] bool open() const { return descriptor_ >= 0; }
  Result<void> append(std::size_t partition, const std::vector<UniqueRecord>& records);
  /// Appends a partition's records to `out`.
  Result<void> read(std::size_t partition, std::vector<UniqueRecord>& out) const;
  [[nodiscard]] std::int64_t records(std::size_t partition) const;

 private:
  struct Extent {
    std::int64_t offset;
    std::int64_t records;
  };
  [[nodiscard]] Error failed(const char* doing, int code) const;

  int descriptor_ = -1;
  std::int64_t end_ = 0;
  std::string folder_;
  std::vector<std::vector<Extent>> extents_;
};

}  // namespace longwatch
