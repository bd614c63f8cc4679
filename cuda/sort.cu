// Sorting and prefix sums.

#include "cuda/sort.hpp"

#if defined(__CUDACC__)
#include <cub/device/device_scan.cuh>
#include <cub/device/device_segmented_sort.cuh>
#else
#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>
#endif

namespace longwatch::cuda {

#if defined(__CUDACC__)

namespace {

/// Calls sort(room, bytes, number of segments, begins, ends): for the bytes it wants, then with room for them.
template <class Sort>
void sort_with_room(Run& run, const Segments& segments, const Sort& sort) {
  const auto number = static_cast<std::int64_t>(segments.size());
  const std::int64_t* const begins = run.upload(segments.begins.data(), number);
  const std::int64_t* const ends = run.upload(segments.ends.data(), number);
  if (!run.ok() || number == 0) return;
  std::size_t bytes = 0;
  if (!run.check(sort(nullptr, bytes, number, begins, ends), "keys cannot be sorted")) return;
  void* const room = run.room<unsigned char>(static_cast<std::int64_t>(bytes));
  if (run.ok()) (void)run.check(sort(room, bytes, number, begins, ends), "keys cannot be sorted");
}

}  // namespace

void sort_segments(Run& run, const std::uint64_t* keys, std::uint64_t* out, std::int64_t count,
                   const Segments& segments) {
  sort_with_room(run, segments, [&](void* room, std::size_t& bytes, std::int64_t number, auto begins, auto ends) {
    return cub::DeviceSegmentedSort::SortKeys(room, bytes, keys, out, count, number, begins, ends, run.stream().handle);
  });
}

void sort_segments(Run& run, const std::uint64_t* keys, std::uint64_t* out, const std::uint64_t* values,
                   std::uint64_t* values_out, std::int64_t count, const Segments& segments) {
  sort_with_room(run, segments, [&](void* room, std::size_t& bytes, std::int64_t number, auto begins, auto ends) {
    return cub::DeviceSegmentedSort::SortPairs(room, bytes, keys, out, values, values_out, count, number, begins, ends,
                                               run.stream().handle);
  });
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

void sort_segments(Run& run, const std::uint64_t* keys, std::uint64_t* out, const std::uint64_t* values,
                   std::uint64_t* values_out, std::int64_t, const Segments& segments) {
  if (!run.ok()) return;
  std::vector<std::pair<std::uint64_t, std::uint64_t> > pairs;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    pairs.clear();
    for (std::int64_t i = segments.begins[s]; i < segments.ends[s]; ++i) pairs.emplace_back(keys[i], values[i]);
    std::sort(pairs.begin(), pairs.end());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const std::int64_t at = segments.begins[s] + static_cast<std::int64_t>(i);
      std::tie(out[at], values_out[at]) = pairs[i];
    }
  }
}

void prefix_sums(Run& run, std::uint32_t* numbers, std::int64_t count) {
  if (run.ok()) std::partial_sum(numbers, numbers + count, numbers);
}

#endif

}  // namespace longwatch::cuda
