#pragma once
// Columns that stand in the names of folders, as Hive writes them: day=2013-05-01/carrier=AA/part-0.parquet.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/source/column.hpp"
#include "engine/source/glob.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// One key=value of a path.
struct Partition {
  std::string key;
  std::optional<std::string> value;  ///< empty for __HIVE_DEFAULT_PARTITION__
  bool operator==(const Partition&) const = default;
};

/// The partitions among the folders of `file.path` beyond `file.fixed`, in their order. %41 in keys and values is
/// decoded where it is well-formed.
std::vector<Partition> partitions_of(const FoundFile& file);

/// What a column of these values is: integer where all are whole numbers that fit 64 bits, date where all are dates
/// like 2013-05-01, null where all are missing, else text.
FileType partition_type(const std::vector<std::optional<std::string>>& values);

/// The files with the columns that their paths give: `files[i]` was found at `found[i]`. A key that is a column of the
/// file itself is left to the file, which may know it finer (a day in the path, the time in the column). The type of a
/// key is decided over all files. Errors: a path that gives one key two values.
Result<std::vector<std::shared_ptr<const TableFile>>> add_partitions(
    std::vector<std::shared_ptr<const TableFile>> files, const std::vector<FoundFile>& found);

}  // namespace longwatch::reading
