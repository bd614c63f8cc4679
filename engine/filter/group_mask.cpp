// Tests a row group slab by slab.
#include "engine/filter/group_mask.hpp"

#include <algorithm>
#include <bit>

#include "engine/chunk/timestamps.hpp"

namespace longwatch {
namespace {

class Masker {
 public:
  Masker(const Source& source, const RowGroup& group, const RowFilter& filter)
      : source_(source), group_(group), filter_(filter) {}

  Result<GroupMask> run() {
    LW_CHECK(open());
    mask_.rows = group_.rows;
    mask_.bits.assign(static_cast<std::size_t>((group_.rows + 63) / 64), 0);
    for (std::int64_t row = 0; row < group_.rows; row += kTimeSlabRows)
      LW_CHECK(slab(row, std::min(kTimeSlabRows, group_.rows - row)));
    mask_.kept = mask_.rows - mask_.filtered - mask_.outside;
    if (mask_.kept == 0 || mask_.kept == mask_.rows) mask_.bits = {};
    return std::move(mask_);
  }

 private:
  Result<void> open() {
    for (const ColumnTest& test : filter_.tests) {
      LW_TRY(auto reader, open_test(source_, group_, test, filter_.zone));
      readers_.push_back(std::move(reader));
    }
    if (!filter_.window) return {};
    LW_TRY(auto times, TimestampReader::open(source_, group_, filter_.timestamp, filter_.zone));
    times_.emplace(std::move(times));
    return {};
  }

  Result<void> slab(std::int64_t row, std::int64_t rows) {
    keep_.assign(static_cast<std::size_t>(rows), 1);
    for (const auto& reader : readers_) LW_CHECK(reader->apply(rows, keep_.data()));
    mask_.filtered += std::count(keep_.begin(), keep_.end(), 0);
    if (times_) LW_CHECK(window(rows));
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::uint64_t bit = keep_[static_cast<std::size_t>(i)];
      mask_.bits[static_cast<std::size_t>((row + i) >> 6)] |= bit << static_cast<unsigned>((row + i) & 63);
    }
    return {};
  }

  Result<void> window(std::int64_t rows) {
    LW_TRY(const TimeSlab times, times_->next());
    if (times.view.length != rows) return Error{ErrorCode::internal, "the timestamps end early", {}, ""};
    for (std::int64_t i = 0; i < rows; ++i) {
      std::uint8_t& keep = keep_[static_cast<std::size_t>(i)];
      if (keep == 0) continue;
      const bool timed = times.view.valid(i);
      if (timed) {
        mask_.first = std::min(mask_.first, times.utc[i]);
        mask_.last = std::max(mask_.last, times.utc[i]);
      }
      if (timed && times.utc[i] >= filter_.window->from && times.utc[i] < filter_.window->to) continue;
      keep = 0;
      ++mask_.outside;
      mask_.without_timestamp += timed ? 0 : 1;
    }
    return {};
  }

  const Source& source_;
  const RowGroup& group_;
  const RowFilter& filter_;
  std::vector<std::unique_ptr<TestReader>> readers_;
  std::optional<TimestampReader> times_;
  std::vector<std::uint8_t> keep_;
  GroupMask mask_;
};

}  // namespace

std::int64_t GroupMask::span_of(std::int64_t row, std::int64_t wanted, std::int64_t most) const {
  const std::int64_t end = row + most;
  std::int64_t at = row;
  while (at < end && wanted > 0) {
    const std::uint64_t word = bits[static_cast<std::size_t>(at >> 6)] >> (at & 63);
    const std::int64_t next = std::min(end, (at | 63) + 1);
    const std::int64_t here = std::popcount(word);
    if (here < wanted) {
      wanted -= here;
      at = next;
      continue;
    }
    std::uint64_t left = word;
    for (; wanted > 1; --wanted) left &= left - 1;
    return std::min(end, at + std::countr_zero(left) + 1) - row;
  }
  return at - row;
}

Result<GroupMask> mask_group(const Source& source, const RowGroup& group, const RowFilter& filter) {
  return Masker(source, group, filter).run();
}

}  // namespace longwatch
