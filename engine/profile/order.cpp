// A least-significant-digit radix sort over order-preserving keys, 11 bits a pass.
#include "engine/profile/order.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "engine/base/result.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kFewValues = 4096;  // below this std::sort is faster
constexpr int kDigitBits = 11;
constexpr int kDigits = 6;
constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;

using Counts = std::array<std::array<std::size_t, kBuckets>, kDigits>;

// Increases with the value: negative numbers are complemented, the others get the sign bit.
std::uint64_t order_key(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits >> 63) != 0 ? ~bits : bits | (std::uint64_t{1} << 63);
}

std::size_t digit(std::uint64_t key, int i) { return (key >> (kDigitBits * i)) & (kBuckets - 1); }

void count_digits(const std::vector<double>& values, Counts& counts) {
  for (auto& row : counts) row.fill(0);
  for (const double value : values) {
    const std::uint64_t key = order_key(value);
    for (int i = 0; i < kDigits; ++i) ++counts[static_cast<std::size_t>(i)][digit(key, i)];
  }
}

void radix_sort(std::vector<double>& values) {
  std::vector<Counts> counts(1);  // 96 KiB: not on the stack
  count_digits(values, counts[0]);
  std::vector<double> other(values.size());
  for (int i = 0; i < kDigits; ++i) {
    auto& starts = counts[0][static_cast<std::size_t>(i)];
    if (starts[digit(order_key(values[0]), i)] == values.size()) continue;  // the same digit everywhere
    std::size_t at = 0;
    for (std::size_t& start : starts) start = std::exchange(at, at + start);
    for (const double value : values) other[starts[digit(order_key(value), i)]++] = value;
    values.swap(other);
  }
}

}  // namespace

void sort_values(std::vector<double>& values) {
  for (double& value : values) value += 0.0;  // -0 + 0 is 0
  if (values.size() < kFewValues) {
    std::sort(values.begin(), values.end());
  } else {
    radix_sort(values);
  }
}

std::size_t quantile_rank(std::int64_t part, std::int64_t parts, std::size_t n) {
  const int128 twice = 2 * static_cast<int128>(part) * static_cast<int128>(n - 1) + parts;
  return static_cast<std::size_t>(twice / (2 * static_cast<int128>(parts)));
}

std::vector<double> decile_edges(std::span<const double> sorted) {
  std::vector<double> edges;
  for (int i = 1; i <= 9 && !sorted.empty(); ++i) {
    const double edge = sorted[quantile_rank(i, 10, sorted.size())];
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  return edges;
}

void make_distinct(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace longwatch
