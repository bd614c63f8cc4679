// The common schema of a table's files.
#include "engine/source/schema.hpp"

#include "engine/base/text.hpp"
#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

using Names = std::unordered_map<std::string, std::size_t>;

// Number types by how much they hold; 0 for what is no number.
int width_rank(FileType type) {
  switch (type) {
    case FileType::integer:
      return 1;
    case FileType::decimal:
      return 2;
    case FileType::floating:
      return 3;
    default:
      return 0;
  }
}

// Widens `common` by a column of another file; false where the types do not go together.
bool merge_type(ColumnInfo& common, const ColumnInfo& other) {
  if (other.type == FileType::null) return true;
  if (common.type == FileType::null) {
    common = other;
    return true;
  }
  const int here = width_rank(common.type);
  const int there = width_rank(other.type);
  if (there > here && here > 0) common = other;
  if (here > 0 && there > 0) return true;
  return common.type == other.type && common.zoned == other.zoned;
}

Names index_names(const std::vector<LeafColumn>& columns, Names* duplicated) {
  Names names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool fresh = names.emplace(columns[i].info.name, i).second;
    if (!fresh && duplicated != nullptr) duplicated->emplace(columns[i].info.name, i);
  }
  return names;
}

Error differs(const TableFile& file, const std::string& column, std::string what) {
  Location where;
  where.file = valid_utf8(file.summary().path);
  where.column = valid_utf8(column);
  return data_error(what, std::move(where), "files of one table must have the same columns");
}

// Where `file` has the columns of `first`, whose infos are widened by it.
Result<std::vector<std::size_t>> match_file(const TableFile& first, const TableFile& file, Schema& schema) {
  Names twice;
  const Names here = index_names(file.columns(), &twice);
  const std::string& first_path = first.summary().path;
  std::vector<std::size_t> at;
  for (ColumnInfo& common : schema.columns) {
    const auto found = here.find(common.name);
    if (found == here.end())
      return differs(file, common.name, "the column is missing here, but " + first_path + " has it");
    at.push_back(found->second);
    if (schema.duplicated.contains(common.name)) continue;  // never read, so its types may differ
    const ColumnInfo& info = file.columns()[found->second].info;
    const std::string before = common.type_text;
    if (!merge_type(common, info))
      return differs(file, common.name, "the type is " + info.type_text + " here, but " + before + " in " + first_path);
  }
  for (const auto& [name, index] : twice) {
    if (!schema.duplicated.contains(name))
      return differs(file, name, "several columns have this name here, but one in " + first_path);
  }
  for (const LeafColumn& column : file.columns()) {
    if (!schema.by_name.contains(column.info.name))
      return differs(file, column.info.name, "the column is here, but not in " + first_path);
  }
  return at;
}

}  // namespace

Result<Schema> common_schema(const std::vector<std::shared_ptr<const TableFile>>& files) {
  Schema schema;
  const TableFile& first = *files.front();
  for (const LeafColumn& column : first.columns()) schema.columns.push_back(column.info);
  schema.by_name = index_names(first.columns(), &schema.duplicated);
  for (const auto& file : files) {
    LW_TRY(std::vector<std::size_t> at, match_file(first, *file, schema));
    schema.in_file.push_back(std::move(at));
  }
  for (const auto& [name, index] : schema.duplicated) schema.by_name.erase(name);
  return schema;
}

}  // namespace longwatch::reading
