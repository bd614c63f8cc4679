// Columns are checked before anything is read, so that messages name the file.
#include "engine/labels/label_tables.hpp"

#include "engine/base/text.hpp"

namespace longwatch {
namespace {

bool is_text(FileType type) { return type == FileType::text || type == FileType::binary; }

bool is_readable(FileType type) {
  return type != FileType::nested && type != FileType::time && type != FileType::other;
}

std::string first_file(const Source& source) { return source.files().empty() ? "" : source.files().front().path; }

// `what`: the table in messages; `hint` where no name is near.
Result<const ColumnInfo*> column_of(const Source& source, const std::string& name, const std::string& what) {
  Location where;
  where.file = first_file(source);
  std::vector<std::string> names;
  std::size_t found = 0;
  for (const ColumnInfo& column : source.columns()) {
    names.push_back(column.name);
    found += column.name == name ? 1 : 0;
  }
  if (found == 0)
    return Error{ErrorCode::data, what + " no column '" + name + "'", where, known_names_hint(name, names)};
  if (found > 1) {
    return Error{ErrorCode::data, what + " " + std::to_string(found) + " columns named '" + name + "'", where,
                 "a column that is used must have a name of its own"};
  }
  const ColumnInfo* column = source.find(name);
  if (column == nullptr || !is_readable(column->type)) {
    where.column = name;
    return Error{ErrorCode::data, "a column of type " + (column == nullptr ? "unknown" : column->type_text) +
                                      " cannot be used to join labels",
                 where, "flatten or convert it when the file is written"};
  }
  return column;
}

}  // namespace

std::string LabelTables::labels_file() const { return first_file(*labels); }

Result<LabelTables> open_label_tables(std::shared_ptr<Source> rows, const LabelRequest& request,
                                      const SourceOptions& options) {
  const ModelConfig& model = *request.model;
  const LabelsConfig& config = *request.labels;
  LabelTables out;
  out.rows = std::move(rows);
  out.numbers = model.task == Task::regression;
  LW_TRY(out.row_id, column_of(*out.rows, model.id, std::string("labels are joined by id, but the ") + request.period +
                                                        " has"));
  LW_TRY(out.labels, Source::open(config.files, request.base_folder, options));
  LW_TRY(out.label_id, column_of(*out.labels, config.id.empty() ? model.id : config.id, "the labels have"));
  LW_TRY(out.label, column_of(*out.labels, config.target.empty() ? model.target : config.target, "the labels have"));
  if (out.numbers && is_text(out.label->type)) {
    Location where;
    where.file = out.labels_file();
    where.column = out.label->name;
    return Error{ErrorCode::data, "the labels are text (" + out.label->type_text + ") where numbers are needed", where,
                 "a regression predicts numbers; is the task right?"};
  }
  const ColumnInfo* own = out.rows->find(model.target);
  if (own != nullptr && is_readable(own->type) && !(out.numbers && is_text(own->type))) out.own = own;
  out.joined = out.own != nullptr && out.own->type != FileType::null ? *out.own : *out.label;
  out.joined.name = model.target;
  return out;
}

}  // namespace longwatch
