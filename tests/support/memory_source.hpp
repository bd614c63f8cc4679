#pragma once
// A Source held in memory, for tests: columns of optional values, cut into row groups (and files) as the test likes.
// Views come with a nonzero bit_offset, arbitrary values in null rows and a dictionary entry that never occurs, all of
// which the contract allows and a real file seldom shows.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"
#include "engine/source/source.hpp"

namespace longwatch::test {

using Numbers = std::vector<std::optional<double>>;
using Texts = std::vector<std::optional<std::string>>;
using Times = std::vector<std::optional<std::int64_t>>;  ///< microseconds since 1970-01-01

/// One column: what the file says it is, and its values.
struct MemoryColumn {
  ColumnInfo info;
  std::variant<Numbers, Texts, Times> values;
};

/// A column of doubles; `type_text` "float" makes it deliver float32.
inline MemoryColumn number_column(std::string name, Numbers values, std::string type_text = "double") {
  return {{std::move(name), FileType::floating, std::move(type_text), false}, std::move(values)};
}
inline MemoryColumn integer_column(std::string name, Numbers values) {
  return {{std::move(name), FileType::integer, "int64", false}, std::move(values)};
}
inline MemoryColumn boolean_column(std::string name, Numbers values) {
  return {{std::move(name), FileType::boolean, "bool", false}, std::move(values)};
}
inline MemoryColumn text_column(std::string name, Texts values) {
  return {{std::move(name), FileType::text, "string", false}, std::move(values)};
}
/// A timestamp column; with `zoned` its values are UTC instants, else local times.
inline MemoryColumn time_column(std::string name, Times values, bool zoned = false) {
  return {{std::move(name), FileType::timestamp, zoned ? "timestamp[us, UTC]" : "timestamp[us]", zoned},
          std::move(values)};
}
/// A date column; values are the microseconds of its midnights.
inline MemoryColumn date_column(std::string name, Times values) {
  return {{std::move(name), FileType::date, "date32", false}, std::move(values)};
}
/// A column that has a type and no values that could be read (nested, binary, time, ...), of `rows` rows.
inline MemoryColumn other_column(std::string name, FileType type, std::string type_text, std::size_t rows) {
  return {{std::move(name), type, std::move(type_text), false}, Texts(rows)};
}

/// Microseconds as 2013-05-01 (`date`) or 2013-05-01T07:00:00[.123456][Z].
inline std::string iso_text(std::int64_t micros, bool date, bool zoned) {
  using namespace std::chrono;
  const sys_time<microseconds> instant{microseconds{micros}};
  const auto day = floor<days>(instant);
  const year_month_day ymd{day};
  const std::int64_t left = (instant - day).count();
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                static_cast<unsigned>(ymd.day()));
  std::string out = text;
  if (date) return out;
  const std::int64_t second = left / 1000000;
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", static_cast<int>(second / 3600),
                static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  out += text;
  if (left % 1000000 != 0) {
    std::snprintf(text, sizeof text, ".%06d", static_cast<int>(left % 1000000));
    out += text;
  }
  return zoned ? out + "Z" : out;
}

/// Decodes rows [begin, end) of one column.
class MemoryReader final : public ColumnReader {
 public:
  MemoryReader(const MemoryColumn& column, ReadAs as, std::int64_t begin, std::int64_t end)
      : column_(column), as_(as), at_(begin), end_(end) {
    if (as == ReadAs::category) build_dictionary();
  }

  Result<ColumnView> next(std::int64_t max_rows) override {
    const std::int64_t begin = at_;
    at_ = std::min(end_, at_ + std::max<std::int64_t>(0, max_rows));
    ColumnView view;
    view.length = at_ - begin;
    mark_validity(begin, view);
    if (as_ == ReadAs::category) {
      fill(
          view, codes_, ValueType::code32, begin, [&](std::int64_t row) { return index_.at(text_of(row)); },
          0x7fffffff);
      view.dictionary = &dictionary_;
    } else if (as_ == ReadAs::time) {
      const auto& times = std::get<Times>(column_.values);
      fill(
          view, times_, ValueType::micros64, begin, [&](std::int64_t row) { return *times[index(row)]; },
          std::numeric_limits<std::int64_t>::min());
    } else if (column_.info.type_text == "float") {
      fill(
          view, floats_, ValueType::float32, begin,
          [&](std::int64_t row) { return static_cast<float>(number_of(row)); }, -3e38F);
    } else {
      fill(
          view, doubles_, ValueType::float64, begin, [&](std::int64_t row) { return number_of(row); }, -1e308);
    }
    return view;
  }

  [[nodiscard]] bool zoned() const override { return as_ == ReadAs::time && column_.info.zoned; }

 private:
  static std::size_t index(std::int64_t row) { return static_cast<std::size_t>(row); }

  [[nodiscard]] bool present(std::int64_t row) const {
    return std::visit([&](const auto& values) { return values[index(row)].has_value(); }, column_.values);
  }

  [[nodiscard]] double number_of(std::int64_t row) const {
    if (const auto* times = std::get_if<Times>(&column_.values))
      return static_cast<double>(*(*times)[index(row)]) / 1e6;
    return *std::get<Numbers>(column_.values)[index(row)];
  }

  [[nodiscard]] std::string text_of(std::int64_t row) const {
    if (const auto* texts = std::get_if<Texts>(&column_.values)) return *(*texts)[index(row)];
    if (const auto* times = std::get_if<Times>(&column_.values)) {
      return iso_text(*(*times)[index(row)], column_.info.type == FileType::date, column_.info.zoned);
    }
    const double value = number_of(row);
    if (column_.info.type == FileType::boolean) return value != 0 ? "true" : "false";
    return shortest(value);
  }

  void build_dictionary() {
    static std::atomic<std::uint64_t> last_serial{1U << 20U};
    index_.emplace("an entry that does not occur", 0);
    for (std::int64_t row = at_; row < end_; ++row) {
      if (present(row)) index_.emplace(text_of(row), 0);
    }
    // Codes follow the texts' hashes, so that nobody comes to rely on an order.
    std::vector<std::pair<std::uint64_t, const std::string*>> order;
    for (const auto& entry : index_) order.emplace_back(hash_text(entry.first), &entry.first);
    std::sort(order.begin(), order.end());
    for (std::size_t code = 0; code < order.size(); ++code) {
      index_[*order[code].second] = static_cast<std::int32_t>(code);
      dictionary_.texts.push_back(*order[code].second);
    }
    dictionary_.serial = ++last_serial;
  }

  void mark_validity(std::int64_t begin, ColumnView& view) {
    bitmap_.clear();
    for (std::int64_t row = begin; row < at_; ++row) view.nulls += present(row) ? 0 : 1;
    if (view.nulls == 0 && begin % 2 == 0) return;
    view.bit_offset = 3 + begin % 11;
    bitmap_.assign(static_cast<std::size_t>((view.bit_offset + view.length + 7) / 8), 0xA5);
    for (std::int64_t row = begin; row < at_; ++row) {
      const std::int64_t bit = view.bit_offset + row - begin;
      const auto mask = static_cast<std::uint8_t>(1U << static_cast<unsigned>(bit & 7));
      auto& byte = bitmap_[index(bit >> 3)];
      byte = static_cast<std::uint8_t>(present(row) ? byte | mask : byte & ~mask);
    }
    view.validity = bitmap_.data();
  }

  template <class T, class Read>
  void fill(ColumnView& view, std::vector<T>& buffer, ValueType type, std::int64_t begin, const Read& read,
            T null_value) {
    buffer.assign(index(view.length), null_value);
    for (std::int64_t i = 0; i < view.length; ++i) {
      if (present(begin + i)) buffer[index(i)] = read(begin + i);
    }
    view.type = type;
    view.values = buffer.data();
  }

  const MemoryColumn& column_;
  ReadAs as_;
  std::int64_t at_;
  std::int64_t end_;
  std::map<std::string, std::int32_t> index_;
  CategoryDictionary dictionary_;
  std::vector<std::uint8_t> bitmap_;
  std::vector<double> doubles_;
  std::vector<float> floats_;
  std::vector<std::int32_t> codes_;
  std::vector<std::int64_t> times_;
};

/// The source itself. All columns must have the same length, which the row groups must add up to.
class MemorySource final : public Source {
 public:
  /// `files`: the sizes of the row groups, file by file.
  MemorySource(std::vector<MemoryColumn> columns, const std::vector<std::vector<std::int64_t>>& files)
      : columns_(std::move(columns)) {
    for (const MemoryColumn& column : columns_) infos_.push_back(column.info);
    for (const auto& groups : files) {
      const int file = static_cast<int>(files_.size());
      files_.push_back(
          {"memory_" + std::to_string(file) + ".parquet", 0, 0, 0x1234U + static_cast<std::uint64_t>(file)});
      for (const std::int64_t& size : groups) {
        groups_.push_back({file, static_cast<int>(&size - groups.data()), size, rows_});
        files_.back().rows += size;
        rows_ += size;
      }
    }
  }

  [[nodiscard]] const std::vector<SourceFile>& files() const override { return files_; }
  [[nodiscard]] const std::vector<RowGroup>& row_groups() const override { return groups_; }
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const override { return infos_; }
  [[nodiscard]] std::int64_t rows() const override { return rows_; }

  [[nodiscard]] const ColumnInfo* find(const std::string& name) const override {
    const ColumnInfo* found = nullptr;
    for (const ColumnInfo& info : infos_) {
      if (info.name != name) continue;
      if (found != nullptr) return nullptr;
      found = &info;
    }
    return found;
  }

  [[nodiscard]] Result<std::unique_ptr<ColumnReader>> read(const RowGroup& group, const std::string& column,
                                                           ReadAs as) const override {
    const ColumnInfo* info = find(column);
    if (info == nullptr) return refuse(group, column, "no such column, or it occurs twice");
    const MemoryColumn& content = columns_[static_cast<std::size_t>(info - infos_.data())];
    const bool readable = info->type != FileType::nested && info->type != FileType::binary &&
                          info->type != FileType::time && info->type != FileType::other;
    if (!readable) return refuse(group, column, "a column of type " + info->type_text + " cannot be read");
    if (as == ReadAs::number && std::holds_alternative<Texts>(content.values))
      return refuse(group, column, "text is no number");
    if (as == ReadAs::time && !std::holds_alternative<Times>(content.values))
      return refuse(group, column, "not a time");
    return std::unique_ptr<ColumnReader>(
        std::make_unique<MemoryReader>(content, as, group.first_row, group.first_row + group.rows));
  }

 private:
  [[nodiscard]] Error refuse(const RowGroup& group, const std::string& column, std::string what) const {
    Location where;
    where.file = files_[static_cast<std::size_t>(group.file)].path;
    where.row_group = group.index;
    where.column = column;
    return {ErrorCode::data, std::move(what), where, ""};
  }

  std::vector<MemoryColumn> columns_;
  std::vector<ColumnInfo> infos_;
  std::vector<SourceFile> files_;
  std::vector<RowGroup> groups_;
  std::int64_t rows_ = 0;
};

/// A source of one file. Without `row_groups`: one row group of all rows.
inline std::shared_ptr<MemorySource> memory_source(std::vector<MemoryColumn> columns,
                                                   std::vector<std::int64_t> row_groups = {}) {
  if (row_groups.empty()) {
    std::int64_t rows = 0;
    if (!columns.empty())
      std::visit([&](const auto& v) { rows = static_cast<std::int64_t>(v.size()); }, columns[0].values);
    row_groups = {rows};
  }
  return std::make_shared<MemorySource>(std::move(columns), std::vector<std::vector<std::int64_t>>{row_groups});
}

}  // namespace longwatch::test
