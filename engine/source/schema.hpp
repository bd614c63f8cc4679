#pragma once
// The common schema of a table's files.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// The columns that all files have, in the first file's order, and where each file has them.
struct Schema {
  std::vector<ColumnInfo> columns;
  std::unordered_map<std::string, std::size_t> by_name;  ///< index into `columns`; duplicated names are absent
  std::unordered_map<std::string, std::size_t> duplicated;
  std::vector<std::vector<std::size_t>> in_file;  ///< [file][column]: index into that file's columns
};

/// Checks that the files have the same columns, with types that differ in width at most (int32, int64, float, double,
/// decimal; timestamp units), and merges them: a mix of integers and floats is floating, a null column takes the type
/// the others have. Errors name both files. `files` must not be empty.
Result<Schema> common_schema(const std::vector<std::shared_ptr<const TableFile>>& files);

}  // namespace longwatch::reading
