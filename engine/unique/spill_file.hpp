#pragma once
// A temporary file that has no name: whatever happens, nothing is left of it.

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/base/result.hpp"

namespace longwatch {

/// What a spill file is for, in messages.
struct SpillUse {
  const char* purpose;  ///< "check uniqueness"
  const char* option;   ///< the option that makes it unnecessary: "--unique-memory"
};

/// Records of one plain type, in extents by partition. Not thread-safe for writing; readers may run beside each other.
class SpillFile {
 public:
  /// Creates the file in `folder` (empty: $TMPDIR or the system's) and takes its name away.
  static Result<SpillFile> create(const std::string& folder, std::size_t partitions, const SpillUse& use);
  SpillFile() = default;
  SpillFile(SpillFile&& other) noexcept;
  SpillFile& operator=(SpillFile&& other) noexcept;
  ~SpillFile();

  [[nodiscard]] bool open() const { return descriptor_ >= 0; }
  template <class Record>
  Result<void> append(std::size_t partition, const std::vector<Record>& records) {
    static_assert(std::is_trivially_copyable_v<Record>);
    return append_bytes(partition, reinterpret_cast<const char*>(records.data()), size_of(records));
  }
  /// Appends a partition's records to `out`.
  template <class Record>
  Result<void> read(std::size_t partition, std::vector<Record>& out) const {
    const std::size_t before = out.size();
    out.resize(before + static_cast<std::size_t>(bytes(partition)) / sizeof(Record));
    return read_bytes(partition, reinterpret_cast<char*>(out.data() + before));
  }
  /// Bytes of a partition's records.
  [[nodiscard]] std::int64_t bytes(std::size_t partition) const;

 private:
  struct Extent {
    std::int64_t offset;
    std::int64_t bytes;
  };
  template <class Record>
  static std::int64_t size_of(const std::vector<Record>& records) {
    return static_cast<std::int64_t>(records.size() * sizeof(Record));
  }
  [[nodiscard]] Error failed(const char* doing, int code) const;
  Result<void> append_bytes(std::size_t partition, const char* bytes, std::int64_t size);
  Result<void> read_bytes(std::size_t partition, char* out) const;

  int descriptor_ = -1;
  std::int64_t end_ = 0;
  SpillUse use_{"", ""};
  std::string folder_;
  std::vector<std::vector<Extent>> extents_;
};

}  // namespace longwatch
