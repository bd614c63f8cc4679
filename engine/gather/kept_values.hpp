#pragma once
// One column of many segments in memory: written in any order by many threads, then read range by range.

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "engine/source/source.hpp"
#include "engine/source/text_pool.hpp"

namespace longwatch {

/// The place of a row that is not kept.
inline constexpr std::uint32_t kNotKept = UINT32_MAX;

/// `rows` values of one column. Numbers are kept as doubles, categories as codes into one table of texts.
class KeptValues {
 public:
  /// Bytes a row that is kept.
  static std::int64_t bytes_per_row(ReadAs as) { return as == ReadAs::category ? 5 : 9; }

  KeptValues(ReadAs as, std::int64_t rows);

  /// Translates one reader's codes into those of the table.
  struct Translation {
    std::uint64_t serial = 0;
    std::vector<std::int32_t> codes;  ///< by the reader's code; -1: not looked up yet
  };
  /// Writes row i of `view` to places[i]; no two writers share a place. Thread-safe. False for a view of times or of
  /// another kind than the column's.
  [[nodiscard]] bool put(const ColumnView& view, std::span<const std::uint32_t> places, Translation& translation);
  /// Bytes of the texts so far.
  [[nodiscard]] std::int64_t text_bytes() const;

  /// Once all is written: gives the rows [begin, end) a dictionary of the texts that occur there, and turns their codes
  /// into its. Call it once a range; ranges must not overlap, but may be done side by side.
  CategoryDictionary make_dictionary(std::int64_t begin, std::int64_t end);
  /// Rows [begin, begin + rows); borrowed. `dictionary`: the range's, for categories.
  [[nodiscard]] ColumnView view(std::int64_t begin, std::int64_t rows, const CategoryDictionary* dictionary) const;

 private:
  void put_codes(const ColumnView& view, std::span<const std::uint32_t> places, Translation& translation);
  void mark_null(std::uint32_t place);
  [[nodiscard]] bool valid(std::int64_t row) const {
    return ((validity_[static_cast<std::size_t>(row >> 3)] >> (row & 7)) & 1) != 0;
  }
  [[nodiscard]] std::int64_t nulls_in(std::int64_t begin, std::int64_t end) const;

  ReadAs as_;
  std::unique_ptr<double[]> numbers_;
  std::unique_ptr<std::int32_t[]> codes_;
  std::vector<std::uint8_t> validity_;
  mutable std::mutex lock_;  // of texts_, while it grows
  reading::ByteTable texts_;
};

}  // namespace longwatch
