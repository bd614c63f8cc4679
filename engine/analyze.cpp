// The flow of an analysis: open -> compare schemas -> chunk -> states and reconstruction errors in one read.
#include "engine/analyze.hpp"

#include <algorithm>

#include "engine/accumulate/accumulate.hpp"
#include "engine/chunk/blocks.hpp"
#include "engine/parts.hpp"
#include "engine/profile/block_states.hpp"
#include "engine/profile/fit_performance.hpp"
#include "engine/row_estimators.hpp"

namespace longwatch {
namespace {

bool is_text(FileType type) { return type == FileType::text || type == FileType::binary; }

const SchemaColumn* find_schema(const ReferenceProfile& profile, const std::string& name) {
  const auto found =
      std::find_if(profile.schema.begin(), profile.schema.end(), [&](const SchemaColumn& c) { return c.name == name; });
  return found == profile.schema.end() ? nullptr : &*found;
}

std::vector<SchemaChange> schema_changes(const ReferenceProfile& profile, const Source& source) {
  std::vector<SchemaChange> out;
  for (const SchemaColumn& before : profile.schema) {
    const ColumnInfo* after = source.find(before.name);
    const bool target = std::any_of(profile.columns.begin(), profile.columns.end(), [&](const ColumnProfile& c) {
      return c.column.name == before.name && c.column.role == Role::target;
    });
    if (after == nullptr && !target) out.push_back({SchemaChange::Kind::missing_column, before.name, before.type, ""});
    if (after != nullptr && after->type_text != before.type)
      out.push_back({SchemaChange::Kind::type_change, before.name, before.type, after->type_text});
  }
  for (const ColumnInfo& after : source.columns()) {
    if (find_schema(profile, after.name) == nullptr)
      out.push_back({SchemaChange::Kind::new_column, after.name, "", after.type_text});
  }
  return out;
}

// Why a column of the profile cannot be read from this source, or empty.
std::string unreadable_here(const ColumnProfile& column, const Source& source) {
  const ColumnInfo* info = source.find(column.column.name);
  if (info == nullptr) return "undefined: the analysis data lacks the column";
  const bool number_wanted = column.column.kind == ColumnKind::continuous;
  if (info->type == FileType::nested || (number_wanted && is_text(info->type))) {
    return "undefined: the type changed from " + column.column.file_type + " to " + info->type_text;
  }
  return "";
}

}  // namespace

Result<PartStates> look_through(const ModelConfig& model, const ReferenceProfile& profile, const Source& source,
                                const ChunkPlan& chunks, const SegmentPlan& segments,
                                const std::vector<std::string>& unreadable, const Engine& engine,
                                const Control& control) {
  PartStates out;
  Pass pass;
  pass.source = &source;
  pass.chunks = &chunks;
  pass.segments = &segments;
  pass.columns = &profile.columns;
  pass.pca = &profile.pca;
  pass.task = model.task;
  pass.labels = LabelRule(model);
  pass.performance = &profile.performance;
  pass.cutoff = model.cutoff.value_or(0.5);
  pass.classes = model.task == Task::multiclass;
  pass.class_scores = class_score_columns(model, profile.performance, profile.columns);
  pass.backend = engine.backend;
  pass.slab_rows = engine.slab_rows;
  out.pca_unusable = profile.pca.skipped;
  for (std::size_t c = 0; c < profile.columns.size(); ++c) {
    const ColumnProfile& column = profile.columns[c];
    out.unusable.push_back(unreadable[c].empty() ? column.usable : unreadable[c]);
    pass.readable.push_back(unreadable[c].empty());
    const bool feature = std::find(profile.pca.features.begin(), profile.pca.features.end(), column.column.name) !=
                         profile.pca.features.end();
    if (!feature) continue;
    pass.features.push_back(c);
    if (!out.unusable.back().empty() && out.pca_unusable.empty())
      out.pca_unusable = "feature '" + column.column.name + "' cannot be read";
  }
  pass.errors = out.pca_unusable.empty();
  LW_TRY(PassResult result, accumulate(pass, control));
  share_out(std::move(result.states), chunks.groups, out.states, out.blocks);
  return out;
}

Result<AnalysisStates> analyze_model(const FleetConfig& fleet, const ModelConfig& model,
                                     const ReferenceProfile& profile, const Engine& engine, const Control& control) {
  LW_TRY(OpenedRows opened, open_analysis(fleet, model, engine.window, engine.opening(), control));
  return analyze_rows(std::move(opened), model, profile, engine, control);
}

Result<AnalysisStates> analyze_rows(OpenedRows rows, const ModelConfig& model, const ReferenceProfile& profile,
                                    const Engine& engine, const Control& control) {
  AnalysisStates out;
  out.source = std::move(rows.source);
  out.counts = rows.counts;
  out.labels = std::move(rows.labels);
  const Source& source = *out.source;
  if (source.rows() == 0) {
    return Error{ErrorCode::data,
                 "the analysis data has no rows",
                 {.file = source.files().front().path},
                 "there is nothing to analyse"};
  }
  out.schema_changes = schema_changes(profile, source);
  LW_TRY(out.chunks, plan_model_chunks(source, model, model.chunk, profile.last_time));
  LW_TRY(out.segments, plan_segments(source, model.segments, model.max_segments, &profile.segments));

  LW_TRY(out.unique, count_model_unique(source, out.chunks, model, engine, control));

  std::vector<std::string> unreadable;
  for (const ColumnProfile& column : profile.columns) unreadable.push_back(unreadable_here(column, source));
  const bool apart = !profile.parts.empty();
  LW_TRY(const auto blocks, split_by_block(source, model, model.chunk, out.chunks));
  const ChunkPlan& chunks = blocks ? *blocks : out.chunks;
  LW_TRY(PartStates whole, look_through(model, profile, source, chunks, apart ? all_rows_plan() : out.segments,
                                        unreadable, engine, control));
  out.states = std::move(whole.states);
  out.blocks = std::move(whole.blocks);
  out.unusable = std::move(whole.unusable);
  out.pca_unusable = std::move(whole.pca_unusable);
  if (apart) {
    LW_TRY(out.parts, analyze_parts(model, source, chunks, out.segments, profile, unreadable, engine, control));
  }
  LW_CHECK(run_row_estimators(profile, chunks, engine, control, out));
  out.chunks.runs.clear();
  out.chunks.runs.shrink_to_fit();
  return out;
}

}  // namespace longwatch
