#pragma once
// One side of a join: its ids by their leading bits, in memory, and on disk beyond a budget.

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/sip_hash.hpp"
#include "engine/unique/spill_file.hpp"

namespace longwatch {

/// An id with its label, or with its row.
struct JoinRecord {
  Hash128 id;
  std::uint64_t value = 0;
};

class JoinPartitions {
 public:
  static constexpr std::size_t kPartitions = 1024;

  /// At most `memory` bytes of records are held; `folder` is for the file (empty: $TMPDIR or the system's).
  JoinPartitions(std::int64_t memory, std::string folder) : memory_(memory), folder_(std::move(folder)) {}

  /// Adds records, in any order, from any thread; `records` is left empty. O(records + partitions).
  Result<void> add(std::vector<JoinRecord>& records);
  /// Once all are added: the records of one partition, sorted by (id, value). Partitions may be taken side
  /// by side, each once.
  Result<std::vector<JoinRecord>> take(std::size_t partition);
  /// Bytes of the largest partition on disk; 0 where all is in memory.
  [[nodiscard]] std::int64_t largest_on_disk() const;

 private:
  struct Partition {
    std::mutex mutex;
    std::vector<JoinRecord> records;
  };

  Result<void> relieve();

  std::int64_t memory_;
  std::string folder_;
  std::array<Partition, kPartitions> partitions_;
  std::atomic<std::int64_t> bytes_{0};  // of all partitions' capacity
  std::mutex relief_;
  SpillFile file_;
};

}  // namespace longwatch
