// Records are scattered by counting, then appended a partition at a time.
#include "engine/labels/join_partitions.hpp"

#include <algorithm>
#include <tuple>

namespace longwatch {
namespace {

std::size_t partition_of(const JoinRecord& record) {
  static_assert(JoinPartitions::kPartitions == 1024);
  return static_cast<std::size_t>(record.id.high >> 54U);
}

std::int64_t bytes_of(const std::vector<JoinRecord>& records) {
  return static_cast<std::int64_t>(records.capacity() * sizeof(JoinRecord));
}

}  // namespace

Result<void> JoinPartitions::add(std::vector<JoinRecord>& records) {
  std::array<std::size_t, kPartitions + 1> ends{};
  for (const JoinRecord& record : records) ++ends[partition_of(record) + 1];
  for (std::size_t at = 0; at < kPartitions; ++at) ends[at + 1] += ends[at];
  std::vector<JoinRecord> scattered(records.size());
  std::array<std::size_t, kPartitions + 1> next = ends;
  for (const JoinRecord& record : records) scattered[next[partition_of(record)]++] = record;
  records.clear();
  for (std::size_t at = 0; at < kPartitions; ++at) {
    if (ends[at] == ends[at + 1]) continue;
    const std::lock_guard lock(partitions_[at].mutex);
    std::vector<JoinRecord>& to = partitions_[at].records;
    const std::int64_t before = bytes_of(to);
    to.insert(to.end(), scattered.begin() + static_cast<std::ptrdiff_t>(ends[at]),
              scattered.begin() + static_cast<std::ptrdiff_t>(ends[at + 1]));
    bytes_ += bytes_of(to) - before;
  }
  return bytes_ > memory_ ? relieve() : Result<void>();
}

Result<void> JoinPartitions::relieve() {
  const std::lock_guard lock(relief_);
  if (bytes_ <= memory_) return {};
  if (!file_.open()) {
    LW_TRY(file_, SpillFile::create(folder_, kPartitions, {"join labels", "--labels-memory"}));
  }
  for (std::size_t at = 0; at < kPartitions; ++at) {
    std::vector<JoinRecord> records;
    {
      const std::lock_guard guard(partitions_[at].mutex);
      records.swap(partitions_[at].records);
    }
    bytes_ -= bytes_of(records);
    LW_CHECK(file_.append(at, records));
  }
  return {};
}

Result<std::vector<JoinRecord>> JoinPartitions::take(std::size_t partition) {
  std::vector<JoinRecord> out;
  out.swap(partitions_[partition].records);
  if (file_.open()) LW_CHECK(file_.read(partition, out));
  std::sort(out.begin(), out.end(), [](const JoinRecord& a, const JoinRecord& b) {
    return std::tie(a.id, a.value) < std::tie(b.id, b.value);
  });
  return out;
}

std::int64_t JoinPartitions::largest_on_disk() const {
  std::int64_t largest = 0;
  for (std::size_t at = 0; at < kPartitions && file_.open(); ++at) largest = std::max(largest, file_.bytes(at));
  return largest;
}

}  // namespace longwatch
