#pragma once
// Opens the files of one table and decodes their columns in bounded slabs. The only room that knows
// Parquet and Arrow.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/source/column.hpp"

namespace longwatch {

struct SourceOptions {
  bool verify_checksums = true;  ///< page CRCs are checked where the file has them
};

/// One row group of one file (of an Arrow file: a record batch); the unit of work. Ordered by (file in bytewise path
/// order, row group in the file).
struct RowGroup {
  int file = 0;   ///< index into Source::files()
  int index = 0;  ///< in its file
  std::int64_t rows = 0;
  std::int64_t first_row = 0;  ///< in the whole source
};

struct SourceFile {
  std::string path;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::uint64_t fingerprint = 0;  ///< hash of size and footer, of an Arrow file also of both ends of each batch:
                                  ///< changes when other values are written
};

/// Decodes one column of one row group, front to back. Not thread-safe; distinct readers may run on distinct threads.
class ColumnReader {
 public:
  virtual ~ColumnReader() = default;
  /// The next min(max_rows, rows left) rows. The view stays valid until the next call. Fails with file, row group,
  /// column and reason on corrupt or truncated data, also when the file promised more rows than it holds.
  virtual Result<ColumnView> next(std::int64_t max_rows) = 0;
  /// Whether the times delivered so far (ReadAs::time) are UTC instants: the column has a zone, or its texts carry
  /// offsets. False for times without a zone and for every other way of reading.
  [[nodiscard]] virtual bool zoned() const { return false; }
};

/// A table: one or more files with a common schema (columns matched by name). Immutable and thread-safe once open.
class Source {
 public:
  virtual ~Source() = default;

  /// Opens `patterns` (paths, globs with * and ?, or folders; relative ones against `base_folder`), sorts the files
  /// bytewise by path and checks that they agree: a column that one file lacks, or whose type differs between files in
  /// more than width, is an error naming both files. Parquet and Arrow IPC files are told apart by their content and
  /// may be mixed. Folders named key=value below a folder, or below the fixed part of a glob, give constant columns
  /// (partitions.hpp). No match, an empty match, an unreadable footer: an error naming the pattern or file. Files
  /// without rows are allowed.
  static Result<std::shared_ptr<Source>> open(std::span<const std::string> patterns, const std::string& base_folder,
                                              const SourceOptions& options = {});

  [[nodiscard]] virtual const std::vector<SourceFile>& files() const = 0;
  [[nodiscard]] virtual const std::vector<RowGroup>& row_groups() const = 0;
  [[nodiscard]] virtual const std::vector<ColumnInfo>& columns() const = 0;
  [[nodiscard]] virtual std::int64_t rows() const = 0;

  /// The column of that exact name, or nullptr. A name that occurs twice is found only by `columns()`; reading it is an
  /// error.
  [[nodiscard]] virtual const ColumnInfo* find(const std::string& name) const = 0;

  /// A reader of `column` over `group`. Fails where the column is missing, duplicated, nested, or cannot be read as
  /// asked.
  [[nodiscard]] virtual Result<std::unique_ptr<ColumnReader>> read(const RowGroup& group, const std::string& column,
                                                                   ReadAs as) const = 0;
};

/// Bytes of the files that the patterns match now; 0 where none does, or one cannot be looked at.
std::int64_t input_bytes(std::span<const std::string> patterns, const std::string& base_folder);

}  // namespace longwatch
