// Sorting and prefix sums.

#include "cuda/sort.hpp"

#if defined(__CUDACC__)
#include <cub/device/device_scan.cuh>
#include <cub/device/device_segmented_sort.cuh>
#else
#include <algorithm>
#include <numeric>
#endif

namespace longwatch::cuda {

#if defined(__CUDACC__)

void sort_segments(Run& run, const std::uint64_t* keys, std::uint64_t* out, std::int64_t count,
                   const Segments& segments) {
  const auto number = static_cast<std::int64_t>(segments.size());
  const std::int64_t* const begins = run.upload(segments.begins.data(), number);
  const std::int64_t* const ends = run.upload(segments.ends.data(), number);
  if (!run.ok() || number == 0) return;
  std::size_t bytes = 0;
  const auto sort = [&](void* room) {
    return cub::DeviceSegmentedSort::SortKeys(room, bytes, keys, out, count, number, begins, ends, run.stream().handle);
  };
  if (!run.check(sort(nullptr), "keys cannot be sorted")) return;
  void* const room = run.room<unsigned char>(static_cast<std::int64_t>(bytes));
  if (run.ok()) (void)run.check(sort(room), "keys cannot be sorted");
}

void prefix_sums(Run& run, std::uint32_t* numbers, std::int64_t count) {
  if (!run.ok() || count == 0) return;
  std::size_t bytes = 0;
  const auto scan = [&](void* room) {
    return cub::DeviceScan::InclusiveSum(room, bytes, numbers, numbers, count, run.stream().handle);
  };
  if (!run.check(scan(nullptr), "prefix sums failed")) return;
  void* const room = run.room<unsigned char>(static_cast<std::int64_t>(bytes));
  if (run.ok()) (void)run.check(scan(room), "prefix sums failed");
}

#else

void sort_segments(Run& run, const std::uint64_t* keys, std::uint64_t* out, std::int64_t, const Segments& segments) {
  if (!run.ok()) return;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    std::copy(keys + segments.begins[s], keys + segments.ends[s], out + segments.begins[s]);
    std::sort(out + segments.begins[s], out + segments.ends[s]);
  }
}

void prefix_sums(Run& run, std::uint32_t* numbers, std::int64_t count) {
  if (run.ok()) std::partial_sum(numbers, numbers + count, numbers);
}

#endif

}  // namespace longwatch::cuda
