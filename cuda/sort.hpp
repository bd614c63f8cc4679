#pragma once
// Sorting and prefix sums: of CUB on a device (sort.cu), of the standard library in the emulation.

#include <cstdint>
#include <vector>

#include "cuda/device.hpp"

namespace longwatch::cuda {

/// Parts of an array: [begins[s], ends[s]).
struct Segments {
  std::vector<std::int64_t> begins;
  std::vector<std::int64_t> ends;
  void add(std::int64_t begin, std::int64_t end) {
    begins.push_back(begin);
    ends.push_back(end);
  }
  [[nodiscard]] std::size_t size() const { return begins.size(); }
};

/// Keys (on the device) as `out` has them, each segment's in increasing order; what lies between segments is unset. At
/// most 2^31 - 1 keys. `segments` must stay until the next wait.
void sort_segments(Run& run, const std::uint64_t* keys, std::uint64_t* out, std::int64_t count,
                   const Segments& segments);

/// The same, and `values` in the order of their keys as `values_out` has them. Which of equal keys comes first is not
/// said.
void sort_segments(Run& run, const std::uint64_t* keys, std::uint64_t* out, const std::uint64_t* values,
                   std::uint64_t* values_out, std::int64_t count, const Segments& segments);

/// Turns numbers (on the device) into their inclusive prefix sums.
void prefix_sums(Run& run, std::uint32_t* numbers, std::int64_t count);

}  // namespace longwatch::cuda
