// Runs of Parquet's RLE and bit-packed hybrid.
#include "engine/source/runs.hpp"

#include <algorithm>
#include <bit>

#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

[[noreturn]] void ends() { throw Corrupt("a page ends in the middle of its levels or indices"); }

std::uint32_t run_header(Bytes bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    if (at >= bytes.size()) ends();
    const std::uint8_t byte = bytes[at++];
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) {
      if (value > UINT32_MAX) break;
      return static_cast<std::uint32_t>(value);
    }
  }
  throw Corrupt("a page has a run that is too long");
}

std::int64_t count_ones(Bytes packed, std::int64_t values) {
  std::int64_t ones = 0;
  const auto whole = static_cast<std::size_t>(values / 8);
  for (std::size_t i = 0; i < whole; ++i) ones += std::popcount(packed[i]);
  if (values % 8 != 0)
    ones += std::popcount(static_cast<std::uint8_t>(packed[whole] & ((1U << static_cast<unsigned>(values % 8)) - 1U)));
  return ones;
}

}  // namespace

RunsTotal pass_runs(Bytes bytes, int bit_width, std::int64_t values) {
  RunsTotal total;
  const auto width = static_cast<std::size_t>(bit_width);
  for (std::int64_t left = values; left > 0;) {
    const std::uint32_t header = run_header(bytes, total.bytes);
    const std::size_t rest = bytes.size() - total.bytes;
    const std::int64_t count = header >> 1U;
    if (count == 0) throw Corrupt("a page has a run of no values");
    if ((header & 1U) != 0) {  // groups of 8 values
      const std::int64_t used = std::min(left, count * 8);
      // The last run may lack what no value needs.
      if (static_cast<std::size_t>((used * bit_width + 7) / 8) > rest) ends();
      if (bit_width == 1) total.ones += count_ones(bytes.subspan(total.bytes), used);
      total.bytes += std::min(rest, static_cast<std::size_t>(count) * width);
      left -= used;
    } else {
      if ((width + 7) / 8 > rest) ends();
      const std::int64_t used = std::min(left, count);
      if (bit_width == 1 && bytes[total.bytes] == 1) total.ones += used;
      total.bytes += (width + 7) / 8;
      left -= used;
    }
  }
  return total;
}

}  // namespace longwatch::reading
