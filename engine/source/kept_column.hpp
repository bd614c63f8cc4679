#pragma once
// One decoded column of one row group, kept in memory to be read again.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/source/column.hpp"

namespace longwatch::reading {

/// Values are appended slab by slab, then served any number of times. Category codes are kept in 16 bits; a column with
/// more texts, or whose dictionary starts anew, is not kept.
class KeptColumn {
 public:
  /// Bytes that a column of `rows` rows takes at most, its dictionary aside.
  static std::int64_t bytes_for(std::int64_t rows, bool codes) {
    constexpr std::int64_t kMost = std::int64_t{1} << 48;  // what a footer promises may be anything
    return rows > kMost ? INT64_MAX / 2 : rows * (codes ? 2 : 8) + rows / 8 + 1;
  }

  /// `table`: see WholeColumn.
  explicit KeptColumn(std::int64_t rows, std::uint64_t table = 0) : capacity_(rows) { whole_.table = table; }

  /// Copies a slab. False where the column cannot be kept; it is then of no further use.
  [[nodiscard]] bool append(const ColumnView& view);
  /// All rows are there: takes over the texts of the last slab's dictionary, which must still live.
  void finish();

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  /// Rows [begin, begin + count). Numbers are borrowed from this object; codes are widened into `codes`.
  [[nodiscard]] ColumnView view(std::int64_t begin, std::int64_t count, std::vector<std::int32_t>& codes) const;

 private:
  [[nodiscard]] bool same_dictionary(const CategoryDictionary& dictionary) const;
  void append_validity(const ColumnView& view);
  [[nodiscard]] std::int64_t nulls_in(std::int64_t begin, std::int64_t count) const;

  std::int64_t capacity_;
  std::int64_t rows_ = 0;
  std::int64_t nulls_ = 0;
  ValueType type_ = ValueType::float64;
  std::unique_ptr<std::byte[]> values_;
  std::vector<std::uint8_t> validity_;  // empty while there is no null
  WholeColumn whole_;                   // of numbers, once finished
  CategoryDictionary dictionary_;
  std::string texts_;  // the bytes of dictionary_, once finished
};

}  // namespace longwatch::reading
