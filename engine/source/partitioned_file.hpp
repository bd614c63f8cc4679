#pragma once
// A file and constant columns beside its own.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// A column that holds one value, or none, in every row.
struct ConstantColumn {
  std::string name;
  FileType type = FileType::text;  ///< integer, date, text or null
  std::string text;                ///< the value of a text, else empty
  std::int64_t number = 0;         ///< an integer, or the days since 1970-01-01 of a date
  bool missing = false;
};

/// `file` with `constants` behind its columns.
std::shared_ptr<const TableFile> with_constants(std::shared_ptr<const TableFile> file,
                                                std::vector<ConstantColumn> constants);

}  // namespace longwatch::reading
