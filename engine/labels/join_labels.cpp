// Opens, joins, and says what of the outcome looks wrong.
#include "engine/labels/join_labels.hpp"

#include <utility>

#include "engine/chunk/row_groups.hpp"
#include "engine/labels/hash_join.hpp"
#include "engine/labels/labelled_source.hpp"

namespace longwatch {
namespace {

constexpr const char* kDoing = "joining labels";

bool is_number(FileType type) {
  return type == FileType::integer || type == FileType::floating || type == FileType::decimal;
}

// Ids that never match are a mistake where their types differ; else labels may just not be there yet.
Result<void> judge(const LabelTables& tables, const LabelRequest& request, LabelJoin& out) {
  const LabelCounts& counts = out.counts;
  const std::string file = tables.labels_file();
  if (counts.conflicting_ids > 0) {
    out.warnings.push_back(std::to_string(counts.conflicting_ids) + " ids have different labels in " + file +
                           ": their labels count as unknown");
  }
  if (counts.rows == 0 || counts.ids > counts.unmatched_ids) return {};
  if (counts.ids == 0) {
    out.warnings.push_back(file + " has no label with an id");
    return {};
  }
  const bool numbers = is_number(tables.label_id->type);
  if (numbers != is_number(tables.row_id->type)) {
    Location where;
    where.file = file;
    where.column = tables.label_id->name;
    return Error{ErrorCode::data,
                 "none of its " + std::to_string(counts.ids) + " ids occurs in the " + request.period + ": they are " +
                     tables.label_id->type_text + " here, and " + tables.row_id->type_text + " there ('" +
                     tables.row_id->name + "')",
                 where, "labels are joined where the ids' texts are equal"};
  }
  out.warnings.push_back("none of the " + std::to_string(counts.ids) + " ids of " + file + " occurs in the " +
                         request.period);
  return {};
}

Result<LabelledRows> join(std::shared_ptr<Source> rows, const LabelRequest& request, const LabelOptions& options,
                          const SourceOptions& source, const Control& control) {
  LW_TRY(const LabelTables tables, open_label_tables(std::move(rows), request, source));
  LW_TRY(JoinedLabels joined, join_tables(tables, LabelRule(*request.model), options, control));
  LabelledRows out;
  out.join.counts = joined.counts;
  out.join.files = tables.labels->files();
  LW_CHECK(judge(tables, request, out.join));
  out.source = labelled_source(tables.rows, tables.joined, std::move(joined.labels));
  return out;
}

}  // namespace

Result<LabelledRows> join_labels(std::shared_ptr<Source> rows, const LabelRequest& request, const LabelOptions& options,
                                 const SourceOptions& source, const Control& control) {
  return without_exceptions(kDoing, [&] { return join(std::move(rows), request, options, source, control); });
}

Result<std::shared_ptr<Source>> declare_labels(std::shared_ptr<Source> rows, const LabelRequest& request,
                                               const SourceOptions& options) {
  return without_exceptions(kDoing, [&]() -> Result<std::shared_ptr<Source>> {
    LW_TRY(LabelTables tables, open_label_tables(std::move(rows), request, options));
    return labelled_source(std::move(tables.rows), std::move(tables.joined), nullptr);
  });
}

}  // namespace longwatch
