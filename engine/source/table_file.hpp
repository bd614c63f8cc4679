#pragma once
// One file of a table, whatever its format: its checked description, and its column chunks ready to decode.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/memory_pool.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>

#include "engine/base/result.hpp"
#include "engine/source/leaf_type.hpp"
#include "engine/source/source.hpp"

namespace longwatch::reading {

/// One column chunk, open for decoding. The reader refers to what stands above it. Formats other than Parquet hand out
/// readers of their own of the library's kind, so that what a value means is written once (leaf_type.hpp).
struct OpenChunk {
  std::shared_ptr<arrow::MemoryPool> pool;
  std::unique_ptr<::parquet::ParquetFileReader> file;
  std::shared_ptr<::parquet::RowGroupReader> group;
  std::shared_ptr<::parquet::ColumnReader> column;  ///< nullptr where the row group has no rows
  std::int64_t rows = 0;
  std::int64_t text_budget = INT64_MAX;  ///< bytes that the category texts of a slab may take
  bool nullable = false;                 ///< whether `column` writes levels, and a level may be 0
  Location where;
};

/// The extremes of a column.
struct NumberRange {
  double smallest = 0;
  double largest = 0;
};

/// A file whose description has been read and checked. Immutable; all members may be called from several threads.
class TableFile {
 public:
  virtual ~TableFile() = default;

  [[nodiscard]] virtual const SourceFile& summary() const = 0;
  [[nodiscard]] virtual const std::vector<LeafColumn>& columns() const = 0;
  [[nodiscard]] virtual const std::vector<std::int64_t>& group_rows() const = 0;

  /// A decoder of `column`, one of `columns()`, over a row group; with `dictionary`, one that shows dictionary codes
  /// where the whole chunk has them. Throws what the library throws.
  [[nodiscard]] virtual OpenChunk open_chunk(int group, const LeafColumn& column, bool dictionary) const = 0;

  /// The extremes of the finite values of a column of numbers over all row groups, by statistics or by reading it;
  /// empty where it has none. Throws what the library throws, and Corrupt.
  [[nodiscard]] virtual std::optional<NumberRange> number_range(const LeafColumn& column) const = 0;
};

/// Opens a Parquet or Arrow IPC file, told apart by their first bytes. With `keep_open` false the file is opened again
/// for every chunk (for tables of very many files). What is neither is refused with what it seems to be.
Result<std::shared_ptr<const TableFile>> open_table_file(const std::string& path, const SourceOptions& options,
                                                         bool keep_open);

}  // namespace longwatch::reading
