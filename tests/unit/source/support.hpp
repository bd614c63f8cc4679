#pragma once
// Reads whole columns through the Source interface into comparable vectors, and makes temporary files.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/text.hpp"
#include "engine/source/source.hpp"

namespace longwatch::test {

inline const std::filesystem::path kData = std::filesystem::path(LONGWATCH_SOURCE_FOLDER) / "tests" / "data";

/// All values of a column: numbers as shortest texts, times as microseconds in digits; empty for null.
struct Column {
  std::vector<std::optional<std::string>> values;
  std::int64_t nulls = 0;
  bool zoned = false;
  bool operator==(const Column&) const = default;
};

inline std::string value_text(const ColumnView& view, std::int64_t row) {
  switch (view.type) {
    case ValueType::float32:
      return shortest(static_cast<double>(static_cast<const float*>(view.values)[row]));
    case ValueType::float64:
      return shortest(static_cast<const double*>(view.values)[row]);
    case ValueType::micros64:
      return std::to_string(static_cast<const std::int64_t*>(view.values)[row]);
    case ValueType::code32:
      break;
  }
  return std::string(
      view.dictionary->texts.at(static_cast<std::size_t>(static_cast<const std::int32_t*>(view.values)[row])));
}

inline Result<void> append_group(const Source& source, const RowGroup& group, const std::string& name, ReadAs as,
                                 std::int64_t slab, Column& out) {
  LW_TRY(const auto reader, source.read(group, name, as));
  std::int64_t rows = 0;
  for (;;) {
    LW_TRY(const ColumnView view, reader->next(slab));
    if (view.length == 0) break;
    std::int64_t nulls = 0;
    for (std::int64_t row = 0; row < view.length; ++row) {
      const bool valid = view.valid(row);
      nulls += valid ? 0 : 1;
      out.values.push_back(valid ? std::optional(value_text(view, row)) : std::nullopt);
    }
    EXPECT_EQ(view.nulls, nulls);
    out.nulls += view.nulls;
    rows += view.length;
  }
  EXPECT_EQ(rows, group.rows);
  out.zoned = out.zoned || reader->zoned();
  return {};
}

inline Result<Column> read_column(const Source& source, const std::string& name, ReadAs as, std::int64_t slab) {
  Column out;
  for (const RowGroup& group : source.row_groups()) LW_CHECK(append_group(source, group, name, as, slab, out));
  return out;
}

inline Result<std::shared_ptr<Source>> open_files(const std::vector<std::string>& patterns,
                                                  const std::string& folder = "") {
  return Source::open(patterns, folder);
}

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A folder that is removed at the end.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "longwatch_source_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path path = path_ / name;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    return path.string();
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace longwatch::test
