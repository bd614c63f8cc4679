#pragma once
// Ragged items cut into pieces of rows, and dealt to the blocks of a launch: each block takes consecutive pieces, so
// that what it sums for an item reaches the item's totals a few times only.

#include <cstdint>
#include <vector>

#include "cuda/device.hpp"

namespace longwatch::cuda {

/// Piece p belongs to the item i with first[i] <= p < first[i + 1]. Items may be empty.
struct Pieces {
  const std::int64_t* first;   ///< items + 1, on the device
  const std::int64_t* counts;  ///< rows by item, on the device
  std::int64_t items;
  std::int64_t pieces;
  std::int64_t rows;   ///< of a piece
  std::int64_t strip;  ///< pieces of a strip, at most
};

/// Consecutive rows [begin, end) of one item, and the piece that follows them.
struct Strip {
  std::int64_t item;
  std::int64_t begin;
  std::int64_t end;
  std::int64_t next;
};

/// Rows of a strip, at most: sums of row::power_term fit 64 bits, counts fit 32.
inline constexpr std::int64_t kStripRows = std::int64_t{1} << 20;

/// The pieces of `block`: from its own first one to that of the next block. No product passes 64 bits, as a grid has
/// fewer than 2^20 blocks.
LW_DEVICE std::int64_t first_piece(const Pieces& pieces, int block, int blocks) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(pieces.pieces) * static_cast<std::uint32_t>(block) /
                                   static_cast<std::uint32_t>(blocks));
}

/// The strip that begins with `piece` and ends before `last`, before the next item, and within kStripRows.
LW_DEVICE Strip strip_at(const Pieces& pieces, std::int64_t piece, std::int64_t last) {
  std::int64_t low = 0;  // first[low] <= piece < first[high]
  std::int64_t high = pieces.items;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    if (pieces.first[middle] <= piece) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const std::int64_t most = piece + pieces.strip;
  std::int64_t next = pieces.first[low + 1];
  next = next < last ? next : last;
  next = next < most ? next : most;
  const std::int64_t begin = (piece - pieces.first[low]) * pieces.rows;
  const std::int64_t end = (next - pieces.first[low]) * pieces.rows;
  const std::int64_t count = pieces.counts[low];
  return {low, begin, end < count ? end : count, next};
}

/// The strips of a block, one after the other: `for (Strips strips(pieces, block, blocks); strips.next();)`.
class Strips {
 public:
  LW_DEVICE Strips(const Pieces& pieces, int block, int blocks)
      : pieces_(pieces), last_(first_piece(pieces, block + 1, blocks)) {
    strip_.next = first_piece(pieces, block, blocks);
  }
  /// Goes to the next strip; false where there is none.
  LW_DEVICE bool next() {
    if (strip_.next >= last_) return false;
    strip_ = strip_at(pieces_, strip_.next, last_);
    return true;
  }
  LW_DEVICE const Strip& strip() const { return strip_; }

 private:
  const Pieces& pieces_;
  std::int64_t last_;
  Strip strip_{};
};

/// Cuts items of so many rows, into pieces of at most `most`. O(items).
inline Pieces cut(Run& run, const std::vector<std::int64_t>& counts, std::vector<std::int64_t>& first,
                  std::int64_t most = kStripRows) {
  const std::int64_t rows = run.tuning().piece_rows < most ? run.tuning().piece_rows : most;
  first.assign(1, 0);
  for (const std::int64_t count : counts) first.push_back(first.back() + (count + rows - 1) / rows);
  const auto items = static_cast<std::int64_t>(counts.size());
  return {run.upload(first.data(), items + 1),
          run.upload(counts.data(), items),
          items,
          first.back(),
          rows,
          kStripRows / rows};
}

}  // namespace longwatch::cuda
