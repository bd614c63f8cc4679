#pragma once
// Small tables (findings, cut-offs) written to Parquet: columns by name, filled value by value.

#include <arrow/type_fwd.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/output/array_columns.hpp"
#include "engine/output/result_table.hpp"

namespace longwatch {

/// True, false or null, one a row.
class FlagColumn {
 public:
  /// 1, 0, or -1 for null.
  void add(int value) { values_.push_back(value); }
  [[nodiscard]] Result<std::shared_ptr<arrow::Array>> array() const;
  void clear() { values_.clear(); }

 private:
  std::vector<int> values_;
};

/// The columns of one table in their order. References stay valid; every column has one value a row.
class PlainTable {
 public:
  TextColumn& text(std::string name);
  FixedColumn<double>& number(std::string name);
  FixedColumn<std::int64_t>& integer(std::string name);
  FixedColumn<std::int64_t>& instant(std::string name);
  FlagColumn& flag(std::string name);

  /// The bytes of a Parquet file of `rows` rows: `fill(row)` adds one value to every column, group by group of rows.
  template <class Fill>
  Result<std::string> encode(std::size_t rows, const std::string& file_name, Fill fill) {
    LW_CHECK(begin(file_name));
    for (std::size_t row = 0; row < rows; ++row) {
      fill(row);
      if ((row + 1) % kGroupRows == 0 || row + 1 == rows) LW_CHECK(write_group());
    }
    return finish();
  }

  PlainTable();
  ~PlainTable();

 private:
  static constexpr std::size_t kGroupRows = std::size_t{1} << 17;
  Result<void> begin(const std::string& file_name);
  Result<void> write_group();
  Result<std::string> finish();

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The columns of a result row from `model` to `chunk_end`; without `chunks` up to `period`.
class KeyColumns {
 public:
  explicit KeyColumns(PlainTable& table, bool chunks = true);
  void add(const ResultRow& row);

 private:
  TextColumn &model_, &version_, &segment_column_, &segment_value_, &period_;
  struct Chunk {
    FixedColumn<std::int64_t>& index;
    TextColumn& key;
    FixedColumn<std::int64_t>&start, &end;
  };
  std::optional<Chunk> chunk_;
};

}  // namespace longwatch
