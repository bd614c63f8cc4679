#pragma once
// A small table for people (aligned text) and programs (JSON): alerts, digests, previews.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace longwatch {

class TextTable {
 public:
  /// std::monostate is null: blank as text, null as JSON.
  using Cell = std::variant<std::monostate, std::string, double, std::int64_t, bool>;

  explicit TextTable(std::vector<std::string> columns) : columns_(std::move(columns)) {}
  /// Missing cells at the end are null; cells beyond the columns are dropped.
  void add_row(std::vector<Cell> cells);
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }
  [[nodiscard]] const Cell& at(std::size_t row, std::size_t column) const { return rows_[row][column]; }

  /// Removes columns that are null in every row (of a table with rows).
  void drop_empty_columns();

  /// Header and rows, two blanks between columns, numbers to the right with 4 significant digits, every line ended.
  /// Where `max_width` > 0, no line of the table is wider: the widest text columns are cut (to 8 at least), then the
  /// last columns are left out and named in a line at the end.
  [[nodiscard]] std::string text(int max_width = 0) const;

  /// [{"column": value, ...}, ...], one object a line; numbers in full, NaN and infinities as null.
  [[nodiscard]] std::string to_json() const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace longwatch
