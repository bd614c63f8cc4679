#pragma once
// Seeded columns for the CUDA benchmarks and their peers. Plain C++, as nvcc includes it too.

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace longwatch {

enum class Shape { bell, constant, mostly_zero, five_values };

inline std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

/// bell: the sum of four uniform numbers, mean 0, deviation 1; constant: 0.5; mostly_zero: 90 % zeros, else as bell;
/// five_values: one of them, each as often.
inline double draw(Shape shape, std::uint64_t& state) {
  constexpr double kFive[] = {-1.5, -0.25, 0, 0.75, 2};
  const std::uint64_t one = splitmix(state);
  if (shape == Shape::constant) return 0.5;
  if (shape == Shape::five_values) return kFive[one % 5];
  if (shape == Shape::mostly_zero && one % 10 != 0) return 0;
  const std::uint64_t two = splitmix(state);
  const std::uint64_t sum = (one >> 32) + (one & 0xffffffffU) + (two >> 32) + (two & 0xffffffffU);
  return (static_cast<double>(sum) * 0x1p-32 - 2) * 1.7320508075688772;
}

/// `columns` columns of `rows` values of type T (float or double), made by all cores.
template <class T>
std::vector<std::vector<T>> draw_columns(Shape shape, std::size_t columns, std::size_t rows) {
  std::vector<std::vector<T>> out(columns);
  const std::size_t cores = std::thread::hardware_concurrency() == 0 ? 1 : std::thread::hardware_concurrency();
  std::vector<std::thread> threads;
  for (std::size_t core = 0; core < cores; ++core) {
    threads.emplace_back([&, core] {
      for (std::size_t c = core; c < columns; c += cores) {
        std::uint64_t state = 1000 + c;
        out[c].resize(rows);
        for (T& value : out[c]) value = static_cast<T>(draw(shape, state));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return out;
}

}  // namespace longwatch
