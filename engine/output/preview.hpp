#pragma once
// The first rows of a Parquet file as a table, for `longwatch inspect`.

#include <cstdint>
#include <string>

#include "engine/base/result.hpp"
#include "engine/output/text_table.hpp"

namespace longwatch {

/// The first `max_rows` rows with all top-level columns. Instants are ISO 8601 in UTC; binary values are given by their
/// size; other types as Arrow prints them. Reads no more row groups than needed.
/// Error{data}: the file is missing or is no readable Parquet file.
Result<TextTable> preview_parquet(const std::string& path, std::int64_t max_rows);

}  // namespace longwatch
