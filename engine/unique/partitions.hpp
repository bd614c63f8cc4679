#pragma once
// The hashes of all rows seen so far, by their leading bits; in memory, and on disk beyond a budget.

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "engine/base/sip_hash.hpp"
#include "engine/unique/count_unique.hpp"
#include "engine/unique/spill_file.hpp"

namespace longwatch {

/// `count` rows of one value in one chunk slot.
struct UniqueRecord {
  Hash128 hash;
  std::int32_t slot = 0;
  std::uint32_t count = 0;
};

class UniquePartitions {
 public:
  static constexpr std::size_t kPartitions = 1024;

  explicit UniquePartitions(const UniqueOptions& options) : options_(options) {}

  /// Adds records, in any order, from any thread; `records` is left empty. Where the budget is exceeded, equal records
  /// are joined, and all are written to disk if that does not halve them.
  Result<void> add(std::vector<UniqueRecord>& records);

  /// Adds, by slot, the rows that are the first of their value and those that repeat one. Uses the calling task arena;
  /// as many partitions at a time as fit into the budget. To be called once, when all records are added.
  Result<void> count(std::vector<UniqueCounts>& slots);

 private:
  struct Partition {
    std::mutex mutex;
    std::vector<UniqueRecord> records;
  };

  Result<void> relieve();
  std::int64_t compact();

  UniqueOptions options_;
  std::array<Partition, kPartitions> partitions_;
  std::atomic<std::int64_t> bytes_{0};
  std::mutex relief_;
  SpillFile file_;
};

}  // namespace longwatch
