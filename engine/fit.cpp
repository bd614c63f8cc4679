// The flow of a fit: open -> resolve -> chunk -> learn columns -> states and Gram -> PCA -> reconstruction errors.
#include "engine/fit.hpp"

#include <tbb/parallel_for.h>

#include <optional>

#include "engine/base/hash.hpp"
#include "engine/chunk/blocks.hpp"
#include "engine/learn.hpp"
#include "engine/model/model.hpp"
#include "engine/parts.hpp"
#include "engine/row_estimators.hpp"

namespace longwatch {
namespace {

std::uint64_t fingerprint_of(const Source& source) {
  std::uint64_t out = 0;
  for (const SourceFile& file : source.files()) out = mix64(out ^ file.fingerprint);
  return out;
}

std::vector<SchemaColumn> schema_of(const Source& source) {
  std::vector<SchemaColumn> out;
  for (const ColumnInfo& column : source.columns()) out.push_back({column.name, column.type_text});
  return out;
}

}  // namespace

Result<ChunkPlan> plan_model_chunks(const Source& source, const ModelConfig& model, const ChunkRule& rule,
                                    std::int64_t not_before) {
  auto plan = plan_chunks(source, model.timestamp, model.time_zone, rule, not_before);
  if (plan.ok() || plan.error().code != ErrorCode::configuration || !plan.error().where.file.empty()) return plan;
  for (const char* key : {"chunk", "time_zone", "timestamp", ""}) {
    const auto place = model.places.find(key);
    if (place == model.places.end()) continue;
    plan.error().where = place->second;
    break;
  }
  return plan;
}

Result<FitResult> fit_model(const FleetConfig& fleet, const ModelConfig& model, const Engine& engine,
                            const Control& control) {
  LW_TRY(OpenedRows opened, open_reference(fleet, model, engine.opening(), control));
  const std::shared_ptr<Source> source = cached_source(opened.source, engine.columns);
  if (source->rows() == 0) {
    return Error{ErrorCode::data,
                 "the reference has no rows",
                 {.file = source->files().front().path},
                 "a reference needs at least one row"};
  }
  LW_TRY(const ModelPlan plan, resolve_model(model, *source));
  // Timestamps and segments are read beside the columns: reading them keeps one thread busy, no more.
  std::optional<Result<ChunkPlan>> chunks_made;
  std::optional<Result<SegmentPlan>> segments_made;
  std::optional<Result<std::vector<ColumnProfile>>> columns_made;
  tbb::parallel_for(0, 2, [&](int part) {
    if (part == 0) {
      chunks_made = plan_model_chunks(*source, model, model.reference_chunk.value_or(model.chunk));
      segments_made = plan_segments(*source, model.segments, model.max_segments);
    } else {
      columns_made = learn_columns(*source, plan.columns, model, engine);
    }
  });
  LW_TRY(ChunkPlan chunks, std::move(*chunks_made));
  LW_TRY(SegmentPlan segments, std::move(*segments_made));

  ReferenceProfile profile;
  profile.model = model.name;
  profile.configuration = canonical_text(model);
  profile.data_fingerprint = fingerprint_of(*source);
  profile.rows = source->rows();
  profile.rows_without_timestamp = chunks.rows_without_timestamp;
  profile.rows_dropped = chunks.rows_dropped;
  profile.rows_filtered = opened.counts.filtered;
  if (opened.labels) profile.labels = opened.labels->counts;
  if (chunks.rows_without_timestamp < chunks.rows && !model.timestamp.empty()) profile.last_time = chunks.last_time;
  profile.schema = schema_of(*source);
  LW_TRY(profile.columns, std::move(*columns_made));
  control.advance(source->rows());
  LW_TRY(profile.unique, count_model_unique(*source, chunks, model, engine, control));

  const bool apart = model.fit == FitScope::per_segment && segments.segments.size() > 1;
  LW_TRY(const auto blocks, split_by_block(*source, model, model.reference_chunk.value_or(model.chunk), chunks));
  const ChunkPlan& split = blocks ? *blocks : chunks;
  LW_CHECK(learn_states(*source, split, apart ? all_rows_plan() : segments, model, engine, control, profile));
  if (apart) {
    LW_TRY(profile.parts, fit_parts(*source, plan.columns, split, segments, model, engine, control));
  }
  LW_CHECK(fit_row_estimators(*source, chunks, blocks ? &*blocks : nullptr, segments, model, engine, control, profile));
  profile.chunks = std::move(chunks.chunks);
  profile.segments = std::move(segments);
  return FitResult{std::move(profile), std::move(opened.source), std::move(opened.labels)};
}

}  // namespace longwatch
