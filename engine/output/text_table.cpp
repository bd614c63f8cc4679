// Layout of a text table, and its JSON.
#include "engine/output/text_table.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/base/text.hpp"
#include "engine/output/text_width.hpp"

namespace longwatch {
namespace {

constexpr int kLeastWidth = 8;  // text columns are not cut below this

template <class... F>
struct Overload : F... {
  using F::operator()...;
};

std::string text_of(const TextTable::Cell& cell) {
  return std::visit(
      Overload{[](std::monostate) { return std::string(); }, [](const std::string& text) { return printable(text); },
               [](double value) { return short_number(value); },
               [](std::int64_t value) { return std::to_string(value); },
               [](bool value) { return std::string(value ? "true" : "false"); }},
      cell);
}

bool is_number(const TextTable::Cell& cell) {
  return std::holds_alternative<double>(cell) || std::holds_alternative<std::int64_t>(cell);
}

// One column as it will be printed: header first.
struct Printed {
  std::vector<std::string> cells;
  bool right = false;
  int width = 0;
};

Printed print_column(const TextTable& table, std::size_t column) {
  Printed printed;
  printed.cells.push_back(printable(table.columns()[column]));
  bool numbers = false;
  bool others = false;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const TextTable::Cell& cell = table.at(row, column);
    printed.cells.push_back(text_of(cell));
    if (is_number(cell))
      numbers = true;
    else if (!std::holds_alternative<std::monostate>(cell))
      others = true;
  }
  printed.right = numbers && !others;
  for (const std::string& cell : printed.cells) printed.width = std::max(printed.width, display_width(cell));
  return printed;
}

int total_width(const std::vector<Printed>& columns) {
  int total = 0;
  for (const Printed& column : columns) total += column.width + 2;
  return std::max(0, total - 2);
}

// Narrows the widest text columns, one step at a time, then drops columns from the end; the names of those dropped.
std::vector<std::string> fit(std::vector<Printed>& columns, int max_width) {
  std::vector<std::string> dropped;
  while (columns.size() > 1 && [&] {  // even with every text cut short
    int least = -2;
    for (const Printed& column : columns)
      least += 2 + (column.right ? column.width : std::min(column.width, kLeastWidth));
    return least > max_width;
  }()) {
    dropped.insert(dropped.begin(), columns.back().cells.front());
    columns.pop_back();
  }
  for (int excess = total_width(columns) - max_width; excess > 0; --excess) {
    Printed* widest = nullptr;
    for (Printed& column : columns) {
      if (!column.right && column.width > kLeastWidth && (widest == nullptr || column.width > widest->width))
        widest = &column;
    }
    if (widest == nullptr) break;
    --widest->width;
  }
  for (Printed& column : columns) {
    for (std::string& cell : column.cells) cell = cut_to_width(cell, column.width);
  }
  return dropped;
}

nlohmann::ordered_json json_of(const TextTable::Cell& cell) {
  using Json = nlohmann::ordered_json;
  return std::visit(Overload{[](std::monostate) { return Json(nullptr); },
                             [](const std::string& text) { return Json(valid_utf8(text)); },
                             [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); },
                             [](std::int64_t value) { return Json(value); }, [](bool value) { return Json(value); }},
                    cell);
}

}  // namespace

void TextTable::add_row(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

void TextTable::drop_empty_columns() {
  for (std::size_t column = columns_.size(); column-- > 0 && !rows_.empty();) {
    const auto null_here = [&](const auto& row) { return std::holds_alternative<std::monostate>(row[column]); };
    if (!std::all_of(rows_.begin(), rows_.end(), null_here)) continue;
    const auto offset = static_cast<std::ptrdiff_t>(column);
    columns_.erase(columns_.begin() + offset);
    for (auto& row : rows_) row.erase(row.begin() + offset);
  }
}

std::string TextTable::text(int max_width) const {
  std::vector<Printed> columns;
  for (std::size_t column = 0; column < columns_.size(); ++column) columns.push_back(print_column(*this, column));
  std::vector<std::string> dropped;
  if (max_width > 0) dropped = fit(columns, max_width);
  std::string out;
  for (std::size_t line = 0; line <= rows_.size(); ++line) {
    std::string text;
    for (const Printed& column : columns) {
      const std::string& cell = column.cells[line];
      const std::string blanks(static_cast<std::size_t>(std::max(0, column.width - display_width(cell))), ' ');
      text +=
          (text.empty() && &column == &columns.front() ? "" : "  ") + (column.right ? blanks + cell : cell + blanks);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  if (dropped.empty()) return out;
  out += "(not shown: ";
  for (std::size_t i = 0; i < dropped.size(); ++i) out += (i == 0 ? "" : ", ") + dropped[i];
  return out + ")\n";
}

std::string TextTable::to_json() const {
  std::string out = "[";
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      object[valid_utf8(columns_[column])] = json_of(rows_[row][column]);
    }
    out += (row == 0 ? "\n  " : ",\n  ") + object.dump();
  }
  return out + (rows_.empty() ? "]\n" : "\n]\n");
}

}  // namespace longwatch
