// Decodes consecutive rows of one column chunk: validity bits and the checks of each batch.
#include "engine/source/slab.hpp"

#include <algorithm>
#include <string>

namespace longwatch::reading {

void Validity::clear() {
  rows_ = 0;
  nulls_ = 0;
}

void Validity::make_bits() { bits_.assign(static_cast<std::size_t>((rows_ + 7) / 8), 0xFF); }

void Validity::append(const std::int16_t* levels, std::int64_t rows, std::int64_t present) {
  if (present == rows && nulls_ == 0) {
    rows_ += rows;
    return;
  }
  if (nulls_ == 0) make_bits();
  bits_.resize(static_cast<std::size_t>((rows_ + rows + 7) / 8), 0);
  std::int64_t row = 0;
  const auto put = [&](bool value) {
    const std::int64_t at = rows_ + row;
    const auto mask = static_cast<std::uint8_t>(1U << static_cast<unsigned>(at & 7));
    std::uint8_t& byte = bits_[static_cast<std::size_t>(at >> 3)];
    byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
  };
  const auto value_at = [&](std::int64_t i) { return present == rows || levels[i] != 0; };
  for (; row < rows && ((rows_ + row) & 7) != 0; ++row) put(value_at(row));
  for (; present != rows && row + 8 <= rows; row += 8) {
    unsigned byte = 0;
    for (unsigned i = 0; i < 8; ++i) byte |= static_cast<unsigned>(levels[row + i]) << i;
    bits_[static_cast<std::size_t>((rows_ + row) >> 3)] = static_cast<std::uint8_t>(byte);
  }
  for (; row < rows; ++row) put(value_at(row));
  rows_ += rows;
  nulls_ += rows - present;
}

void Validity::set_null(std::int64_t row) {
  if (nulls_ == 0) make_bits();
  bits_[static_cast<std::size_t>(row >> 3)] &= static_cast<std::uint8_t>(~(1U << static_cast<unsigned>(row & 7)));
  ++nulls_;
}

void ChunkRows::check_batch(std::int64_t got, std::int64_t want, std::int64_t present) const {
  if (got <= 0 || got > want || present < 0 || present > got)
    throw Corrupt("the column ends before the rows its row group promises");
  // Levels are 0 or 1 in a flat column.
  std::int64_t values = got;
  if (chunk_.nullable) {
    std::int16_t any = 0;
    std::int16_t all = 1;
    for (std::int64_t i = 0; i < got; ++i) {
      any = static_cast<std::int16_t>(any | levels_[i]);
      all = static_cast<std::int16_t>(all & levels_[i]);
    }
    if ((any & ~1) != 0) throw Corrupt("a flat column has definition levels beyond 1");
    if (all == 0) values = std::count(levels_, levels_ + got, std::int16_t{1});
  }
  if (values != present) throw Corrupt("a page holds fewer values than its definition levels say");
}

}  // namespace longwatch::reading
