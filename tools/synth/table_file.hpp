#pragma once
// Writes one table of a generated fleet as Parquet.

#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "tools/synth/columns.hpp"

namespace longwatch::synth {

/// Writes `rows` of all columns to `path`, in row groups of `group_rows` rows: zstd level 1, numbers plain, texts by
/// dictionary. Holds one column of one row group at a time.
Result<void> write_table(const std::string& path, const std::vector<Column>& columns, Rows rows,
                         std::int64_t group_rows);

/// Writes a text file.
Result<void> write_text(const std::string& path, const std::string& text);

}  // namespace longwatch::synth
