// Rows of a slab by cell. Consecutive rows stay ranges; scattered ones are sorted into lists, once for all columns.
#include "engine/accumulate/routing.hpp"

#include <algorithm>

namespace longwatch {
namespace {

// Below this mean run length a list of rows per cell is cheaper than a range per run.
constexpr std::int64_t kShortRun = 64;

}  // namespace

std::vector<ChunkRun> ChunkCursor::next(std::int64_t rows) {
  std::vector<ChunkRun> out;
  while (rows > 0 && at_ < runs_.size()) {
    const ChunkRun& run = runs_[at_];
    const std::int64_t taken = std::min(rows, run.rows - used_);
    if (taken > 0) out.push_back({run.chunk < 0 ? no_chunk_ : run.chunk, taken});
    rows -= taken;
    used_ += taken;
    if (used_ == run.rows) {
      ++at_;
      used_ = 0;
    }
  }
  return out;
}

void SlabRouting::clear() {
  items_.clear();
  lists_.clear();
}

void SlabRouting::group(std::vector<std::pair<std::int64_t, std::int32_t>>& keyed) {
  std::sort(keyed.begin(), keyed.end());
  lists_.emplace_back(keyed.size());
  std::vector<std::int32_t>& list = lists_.back();
  for (std::size_t i = 0; i < keyed.size(); ++i) list[i] = keyed[i].second;
  for (std::size_t from = 0; from < keyed.size();) {
    std::size_t to = from;
    while (to < keyed.size() && keyed[to].first == keyed[from].first) ++to;
    items_.push_back(
        {static_cast<std::size_t>(keyed[from].first), {0, static_cast<std::int64_t>(to - from), list.data() + from}});
    from = to;
  }
}

void SlabRouting::add_all(std::span<const ChunkRun> runs, std::int64_t rows) {
  if (static_cast<std::int64_t>(runs.size()) * kShortRun <= rows + kShortRun) {
    std::int64_t begin = 0;
    for (const ChunkRun& run : runs) {
      items_.push_back({static_cast<std::size_t>(run.chunk), {begin, run.rows, nullptr}});
      begin += run.rows;
    }
    return;
  }
  std::vector<std::pair<std::int64_t, std::int32_t>> keyed;
  keyed.reserve(static_cast<std::size_t>(rows));
  for (const ChunkRun& run : runs) {
    for (std::int64_t i = 0; i < run.rows; ++i) keyed.emplace_back(run.chunk, static_cast<std::int32_t>(keyed.size()));
  }
  group(keyed);
}

void SlabRouting::add_definition(std::span<const ChunkRun> runs, std::span<const std::int32_t> segment,
                                 std::int64_t slots) {
  std::vector<std::pair<std::int64_t, std::int32_t>> keyed;
  keyed.reserve(segment.size());
  std::int32_t row = 0;
  for (const ChunkRun& run : runs) {
    for (std::int64_t i = 0; i < run.rows; ++i, ++row) {
      const std::int32_t at = segment[static_cast<std::size_t>(row)];
      if (at >= 0) keyed.emplace_back(at * slots + run.chunk, row);
    }
  }
  group(keyed);
}

}  // namespace longwatch
