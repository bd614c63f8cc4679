#pragma once
// A look at the first rows of a table, to guess what its columns are.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

inline constexpr std::int64_t kSampleRows = 65'536;

/// What the first row group (at most kSampleRows rows) holds of one column.
struct ColumnSample {
  ColumnInfo info;
  std::int64_t rows = 0;
  std::int64_t nulls = 0;
  std::set<std::string> texts;  ///< distinct values as category texts
  double least = 0;             ///< of the numbers; 0 where there is none
  double greatest = 0;
  [[nodiscard]] bool unique() const {
    return rows > 0 && nulls == 0 && static_cast<std::int64_t>(texts.size()) == rows;
  }
  [[nodiscard]] bool number() const {
    return info.type == FileType::integer || info.type == FileType::floating || info.type == FileType::decimal;
  }
};

/// Samples every column that can be read, has a name of its own and a name that YAML can hold. In file order.
Result<std::vector<ColumnSample>> sample_columns(const Source& source);

}  // namespace longwatch
