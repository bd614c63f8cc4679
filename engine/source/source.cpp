// A table of files behind the Source interface.
#include "engine/source/source.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <utility>

#include "engine/base/text.hpp"
#include "engine/source/epoch_unit.hpp"
#include "engine/source/glob.hpp"
#include "engine/source/guard.hpp"
#include "engine/source/partitions.hpp"
#include "engine/source/readers.hpp"
#include "engine/source/schema.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch {
namespace {

using namespace reading;

// Files kept open by one source; those of larger tables are opened again for every chunk, as descriptors are few.
constexpr std::size_t kMostKeptOpen = 64;

bool readable(FileType type, ReadAs as) {
  switch (type) {
    case FileType::nested:
    case FileType::other:
      return false;
    case FileType::boolean:
    case FileType::time:
      return as != ReadAs::time;
    case FileType::text:
      return as != ReadAs::number;
    case FileType::binary:
      return as == ReadAs::category;
    default:
      return true;
  }
}

const char* purpose(ReadAs as) {
  switch (as) {
    case ReadAs::number:
      return "numbers";
    case ReadAs::category:
      return "categories";
    case ReadAs::time:
      return "times";
  }
  return "values";
}

bool is_number(FileType type) {
  return type == FileType::integer || type == FileType::floating || type == FileType::decimal;
}

class FileSource final : public Source {
 public:
  FileSource(std::vector<std::shared_ptr<const TableFile>> tables, Schema schema)
      : tables_(std::move(tables)), schema_(std::move(schema)) {
    for (const auto& file : tables_) {
      for (std::size_t i = 0; i < file->group_rows().size(); ++i) {
        groups_.push_back({static_cast<int>(files_.size()), static_cast<int>(i), file->group_rows()[i], rows_});
        rows_ += file->group_rows()[i];
      }
      files_.push_back(file->summary());
    }
  }

  [[nodiscard]] const std::vector<SourceFile>& files() const override { return files_; }
  [[nodiscard]] const std::vector<RowGroup>& row_groups() const override { return groups_; }
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const override { return schema_.columns; }
  [[nodiscard]] std::int64_t rows() const override { return rows_; }

  [[nodiscard]] const ColumnInfo* find(const std::string& name) const override {
    const auto found = schema_.by_name.find(name);
    return found == schema_.by_name.end() ? nullptr : &schema_.columns[found->second];
  }

  [[nodiscard]] Result<std::unique_ptr<ColumnReader>> read(const RowGroup& group, const std::string& column,
                                                           ReadAs as) const override {
    LW_TRY(const std::size_t index, check_request(group, column, as));
    EpochUnit unit = EpochUnit::seconds;
    if (as == ReadAs::time && is_number(schema_.columns[index].type)) {
      LW_TRY(unit, unit_of(index));
    }
    return open_reader(group, index, as, unit);
  }

 private:
  [[nodiscard]] Location place(const RowGroup& group, const std::string& column) const {
    Location where;
    if (group.file >= 0 && static_cast<std::size_t>(group.file) < files_.size()) {
      where.file = valid_utf8(files_[static_cast<std::size_t>(group.file)].path);
    }
    where.row_group = group.index;
    where.column = valid_utf8(column);
    return where;
  }

  // The index of the column, if it can be read as asked.
  [[nodiscard]] Result<std::size_t> check_request(const RowGroup& group, const std::string& column, ReadAs as) const {
    const Location where = place(group, column);
    if (where.file.empty() || group.index < 0 ||
        static_cast<std::size_t>(group.index) >= tables_[static_cast<std::size_t>(group.file)]->group_rows().size()) {
      return Error{ErrorCode::internal, "the table has no such row group", where, ""};
    }
    if (schema_.duplicated.contains(column))
      return data_error("the file has several columns of this name", where, "rename them");
    const auto found = schema_.by_name.find(column);
    if (found == schema_.by_name.end()) return missing(where, column);
    const ColumnInfo& info = schema_.columns[found->second];
    if (readable(info.type, as)) return found->second;
    const std::string kind = info.type == FileType::nested ? "a nested column (" + info.type_text + ")"
                                                           : "a column of type " + info.type_text;
    return data_error(kind + " cannot be read as " + purpose(as), where);
  }

  [[nodiscard]] Error missing(const Location& where, const std::string& column) const {
    std::vector<std::string> known;
    for (const ColumnInfo& info : schema_.columns) known.push_back(valid_utf8(info.name));
    return data_error("there is no such column", where, known_names_hint(column, known));
  }

  [[nodiscard]] const LeafColumn& leaf(int file, std::size_t index) const {
    const auto at = static_cast<std::size_t>(file);
    return tables_[at]->columns()[schema_.in_file[at][index]];
  }

  [[nodiscard]] Result<std::unique_ptr<ColumnReader>> open_reader(const RowGroup& group, std::size_t index, ReadAs as,
                                                                  EpochUnit unit) const {
    const Location where = place(group, schema_.columns[index].name);
    return guarded(where, [&]() -> Result<std::unique_ptr<ColumnReader>> {
      const LeafColumn& column = leaf(group.file, index);
      const bool text = column.info.type == FileType::text;
      OpenChunk chunk = tables_[static_cast<std::size_t>(group.file)]->open_chunk(group.index, column, text);
      chunk.where = where;
      std::unique_ptr<ColumnReader> reader;
      if (as == ReadAs::number) reader = number_reader(column, std::move(chunk));
      if (as == ReadAs::category) reader = category_reader(column, std::move(chunk));
      if (as == ReadAs::time) reader = time_reader(column, std::move(chunk), unit);
      if (reader == nullptr)
        throw Corrupt("a column of type " + column.info.type_text + " cannot be read as " + purpose(as));
      return reader;
    });
  }

  // Decided once for all files, so that no chunk depends on which file is read first.
  [[nodiscard]] Result<EpochUnit> unit_of(std::size_t index) const {
    const std::lock_guard lock(units_mutex_);
    if (const auto known = units_.find(index); known != units_.end()) return known->second;
    LW_TRY(const NumberRange range, range_of(index));
    const EpochUnit unit = epoch_unit(range, schema_.columns[index].type == FileType::integer);
    units_.emplace(index, unit);
    return unit;
  }

  [[nodiscard]] Result<NumberRange> range_of(std::size_t index) const {
    std::optional<NumberRange> all;
    for (std::size_t file = 0; file < tables_.size(); ++file) {
      Location where = place({static_cast<int>(file)}, schema_.columns[index].name);
      where.row_group = -1;
      LW_TRY(const auto range, guarded(where, [&]() -> Result<std::optional<NumberRange>> {
               return tables_[file]->number_range(leaf(static_cast<int>(file), index));
             }));
      widen(all, range);
    }
    return all.value_or(NumberRange{});
  }

  std::vector<std::shared_ptr<const TableFile>> tables_;
  Schema schema_;
  std::vector<SourceFile> files_;
  std::vector<RowGroup> groups_;
  std::int64_t rows_ = 0;
  mutable std::mutex units_mutex_;
  mutable std::map<std::size_t, EpochUnit> units_;  // by column; decided when first asked for
};

}  // namespace

Result<std::shared_ptr<Source>> Source::open(std::span<const std::string> patterns, const std::string& base_folder,
                                             const SourceOptions& options) {
  Location where;
  where.file = valid_utf8(base_folder);
  return guarded(where, [&]() -> Result<std::shared_ptr<Source>> {
    LW_TRY(const std::vector<FoundFile> found, expand_patterns(patterns, base_folder));
    std::vector<std::shared_ptr<const TableFile>> files;
    for (const FoundFile& file : found) {
      LW_TRY(auto table, open_table_file(file.path, options, found.size() <= kMostKeptOpen));
      files.push_back(std::move(table));
    }
    LW_TRY(files, add_partitions(std::move(files), found));
    LW_TRY(Schema schema, common_schema(files));
    return std::shared_ptr<Source>(std::make_shared<FileSource>(std::move(files), std::move(schema)));
  });
}

std::int64_t input_bytes(std::span<const std::string> patterns, const std::string& base_folder) {
  const auto paths = guarded({}, [&] { return expand_patterns(patterns, base_folder); });
  std::int64_t bytes = 0;
  if (!paths.ok()) return bytes;
  for (const FoundFile& file : paths.value()) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(file.path, failed);
    if (!failed) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

}  // namespace longwatch
