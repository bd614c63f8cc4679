#pragma once
// How fast this machine reads memory: the yardstick of the other benchmarks.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <limits>
#include <thread>
#include <vector>

namespace longwatch {

/// Larger than any cache this is likely to run on, bytes.
inline constexpr std::size_t kBandwidthBytes = std::size_t{256} << 20;

/// The sum of `count` integers, a multiple of 64. Four vectors of 16 bytes at a time: a core issues more loads than
/// memory answers.
inline std::uint64_t sum_of(const std::uint64_t* values, std::size_t count) {
  using Vector = std::uint64_t __attribute__((vector_size(16)));
  Vector sums[4] = {};
  for (std::size_t i = 0; i < count; i += 8) {
    Vector loaded[4];
    std::memcpy(loaded, values + i, sizeof loaded);
    for (int lane = 0; lane < 4; ++lane) sums[lane] += loaded[lane];
  }
  const Vector all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  return all[0] + all[1];
}

/// The array that is read; made and touched once.
inline const std::vector<std::uint64_t>& bandwidth_array() {
  static const std::vector<std::uint64_t> values(kBandwidthBytes / sizeof(std::uint64_t), 1);
  return values;
}

/// CPU seconds of the calling thread.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Bytes a second that `threads` cores read together: the best of `passes`. By the CPU time of the slowest thread,
/// waiting for memory included: other work on the machine hardly counts, unless it keeps the threads from running at
/// once.
inline double measure_bandwidth(int threads, int passes = 7) {
  const std::vector<std::uint64_t>& values = bandwidth_array();
  const std::size_t share = values.size() / static_cast<std::size_t>(threads) / 64 * 64;
  double best = std::numeric_limits<double>::infinity();
  std::atomic<std::uint64_t> sink{0};
  for (int pass = 0; pass < passes; ++pass) {
    std::atomic<int> ready{0};
    std::vector<double> seconds(static_cast<std::size_t>(threads));
    const auto read = [&](std::size_t part) {
      ++ready;
      while (ready.load() < threads) {  // all begin together
      }
      const double begin = cpu_seconds();
      sink += sum_of(values.data() + part * share, share);
      seconds[part] = cpu_seconds() - begin;
    };
    std::vector<std::thread> others;
    for (std::size_t part = 1; part < seconds.size(); ++part) others.emplace_back(read, part);
    read(0);
    for (std::thread& other : others) other.join();
    best = std::min(best, *std::max_element(seconds.begin(), seconds.end()));
  }
  return static_cast<double>(share) * static_cast<double>(threads) * sizeof(std::uint64_t) / best;
}

/// Of one core; measured at the first call.
inline double core_bandwidth() {
  static const double measured = measure_bandwidth(1);
  return measured;
}

}  // namespace longwatch
