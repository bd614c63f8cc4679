// Partitions by hash, so that a value's rows meet in one of them; each is sorted on its own.
#include "engine/unique/partitions.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_pipeline.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "engine/chunk/row_groups.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kRecord = sizeof(UniqueRecord);

std::size_t partition_of(const UniqueRecord& record) {
  static_assert(UniquePartitions::kPartitions == 1024);
  return static_cast<std::size_t>(record.hash.high >> 54U);
}

void sort(std::vector<UniqueRecord>& records) {
  std::sort(records.begin(), records.end(), [](const UniqueRecord& a, const UniqueRecord& b) {
    return std::tie(a.hash, a.slot) < std::tie(b.hash, b.slot);
  });
}

// Sorts, and joins records of one value and slot as far as their counts fit.
void join(std::vector<UniqueRecord>& records) {
  sort(records);
  std::size_t to = 0;
  for (const UniqueRecord& record : records) {
    if (to > 0 && records[to - 1].hash == record.hash && records[to - 1].slot == record.slot &&
        record.count <= std::numeric_limits<std::uint32_t>::max() - records[to - 1].count) {
      records[to - 1].count += record.count;
    } else {
      records[to++] = record;
    }
  }
  records.resize(to);
}

void count_sorted(const std::vector<UniqueRecord>& records, std::vector<UniqueCounts>& slots) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    UniqueCounts& slot = slots[static_cast<std::size_t>(records[i].slot)];
    const bool first = i == 0 || records[i].hash != records[i - 1].hash;
    slot.first += first ? 1 : 0;
    slot.repeated += static_cast<std::int64_t>(records[i].count) - (first ? 1 : 0);
  }
}

}  // namespace

Result<void> UniquePartitions::add(std::vector<UniqueRecord>& records) {
  std::sort(records.begin(), records.end(),
            [](const UniqueRecord& a, const UniqueRecord& b) { return partition_of(a) < partition_of(b); });
  for (auto from = records.begin(); from != records.end();) {
    const std::size_t at = partition_of(*from);
    const auto to = std::find_if(from, records.end(), [&](const UniqueRecord& r) { return partition_of(r) != at; });
    const std::lock_guard lock(partitions_[at].mutex);
    partitions_[at].records.insert(partitions_[at].records.end(), from, to);
    from = to;
  }
  bytes_ += static_cast<std::int64_t>(records.size()) * kRecord;
  records.clear();
  return bytes_ > options_.memory ? relieve() : Result<void>();
}

std::int64_t UniquePartitions::compact() {
  std::int64_t freed = 0;
  for (Partition& partition : partitions_) {
    const std::lock_guard lock(partition.mutex);
    const std::size_t before = partition.records.size();
    join(partition.records);
    freed += static_cast<std::int64_t>(before - partition.records.size()) * kRecord;
  }
  return freed;
}

Result<void> UniquePartitions::relieve() {
  const std::lock_guard lock(relief_);
  if (bytes_ <= options_.memory) return {};
  bytes_ -= compact();
  if (bytes_ <= options_.memory / 2) return {};
  if (!file_.open()) {
    LW_TRY(file_, SpillFile::create(options_.folder, kPartitions, {"check uniqueness", "--unique-memory"}));
  }
  for (std::size_t at = 0; at < kPartitions; ++at) {
    std::vector<UniqueRecord> records;
    {
      const std::lock_guard guard(partitions_[at].mutex);
      records.swap(partitions_[at].records);
    }
    LW_CHECK(file_.append(at, records));
    bytes_ -= static_cast<std::int64_t>(records.size()) * kRecord;
  }
  return {};
}

Result<void> UniquePartitions::count(std::vector<UniqueCounts>& slots) {
  std::int64_t largest = 1;
  for (std::size_t at = 0; at < kPartitions && file_.open(); ++at)
    largest = std::max(largest, file_.bytes(at));
  const auto together = static_cast<std::size_t>(
      std::clamp<std::int64_t>(options_.memory / largest, 1, tbb::this_task_arena::max_concurrency()));
  tbb::enumerable_thread_specific<std::vector<UniqueCounts>> counts{std::vector<UniqueCounts>(slots.size())};
  std::vector<std::optional<Error>> failures(kPartitions);
  std::size_t next = 0;
  const auto count_one = [&](std::size_t at) -> Result<void> {
    std::vector<UniqueRecord> records;
    records.swap(partitions_[at].records);
    if (file_.open()) LW_CHECK(file_.read(at, records));
    sort(records);
    count_sorted(records, counts.local());
    return {};
  };
  tbb::parallel_pipeline(
      together, tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, [&](tbb::flow_control& flow) {
                  if (next >= kPartitions) flow.stop();
                  return next++;
                }) & tbb::make_filter<std::size_t, void>(tbb::filter_mode::parallel, [&](std::size_t at) {
                  if (at >= kPartitions) return;
                  auto done = without_exceptions("checking uniqueness", [&] { return count_one(at); });
                  if (!done.ok()) failures[at] = std::move(done.error());
                }));
  for (auto& failure : failures) {
    if (failure) return std::move(*failure);
  }
  for (const std::vector<UniqueCounts>& part : counts) {
    for (std::size_t s = 0; s < slots.size(); ++s) {
      slots[s].first += part[s].first;
      slots[s].repeated += part[s].repeated;
    }
  }
  return {};
}

}  // namespace longwatch
