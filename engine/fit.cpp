// The flow of a fit: open -> resolve -> chunk -> learn columns -> states and Gram -> PCA -> reconstruction errors.
#include "engine/fit.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/accumulate/accumulate.hpp"
#include "engine/base/hash.hpp"
#include "engine/model/model.hpp"
#include "engine/profile/fit_columns.hpp"

namespace longwatch {
namespace {

std::uint64_t fingerprint_of(const Source& source) {
  std::uint64_t out = 0;
  for (const SourceFile& file : source.files()) out = mix64(out ^ file.fingerprint);
  return out;
}

// The limits of in_range and the numbers of in_set become edges, so that what lies beyond them is counted exactly.
Result<void> add_constraint_edges(const ModelConfig& model, std::vector<ColumnProfile>& columns) {
  for (const Constraint& constraint : model.constraints) {
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const ColumnProfile& c) { return c.column.name == constraint.column; });
    if (column == columns.end() || column->column.kind != ColumnKind::continuous || !column->usable.empty()) continue;
    std::vector<double> wanted;
    if (constraint.kind == ConstraintKind::in_range) wanted = {constraint.lower, constraint.upper};
    if (constraint.kind == ConstraintKind::in_set) {
      for (const std::string& text : constraint.values) wanted.push_back(std::strtod(text.c_str(), nullptr));
    }
    const Partition& old = column->partition;
    std::vector<double> edges(old.edges().begin(), old.edges().end());
    const double minimum = edges[old.first_inside()];
    const double maximum = edges[old.last_inside()];
    for (const double edge : wanted) {
      if (std::isfinite(edge)) edges.push_back(edge == 0 ? 0.0 : edge);
    }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    const auto place = [&](double edge) {
      return static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), edge) - edges.begin());
    };
    const std::size_t first = place(minimum);
    const std::size_t last = place(maximum);
    LW_TRY(column->partition, Partition::make(std::move(edges), first, last));
  }
  return {};
}

// A column that nothing could be learned of still has its rows, missing and distinct values counted.
Result<void> make_countable(std::vector<ColumnProfile>& columns) {
  for (ColumnProfile& column : columns) {
    if (column.usable.empty()) continue;
    column.cut = true;  // no dictionary: every category is `other`
    if (column.partition.edges().empty()) {
      LW_TRY(column.partition, Partition::make({0.0}, 0, 0));
    }
  }
  return {};
}

// Features that enter the PCA: those with something to encode.
std::vector<std::size_t> pca_features(const std::vector<ColumnProfile>& columns) {
  std::vector<std::size_t> out;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].column.role == Role::feature && columns[c].usable.empty()) out.push_back(c);
  }
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
  LW_TRY(const FilteredRows opened, open_reference(fleet, model, engine.source));
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
      columns_made = fit_columns(*source, plan.columns, model.quantiles, *engine.columns);
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
  if (chunks.rows_without_timestamp < chunks.rows && !model.timestamp.empty()) profile.last_time = chunks.last_time;
  profile.schema = schema_of(*source);
  LW_TRY(profile.columns, std::move(*columns_made));
  LW_CHECK(make_countable(profile.columns));
  LW_CHECK(add_constraint_edges(model, profile.columns));
  control.advance(source->rows());
  LW_TRY(profile.unique, count_model_unique(*source, chunks, model, engine, control));

  Pass pass;
  pass.source = source.get();
  pass.chunks = &chunks;
  pass.segments = &segments;
  pass.columns = &profile.columns;
  pass.readable.assign(profile.columns.size(), true);
  pass.features = pca_features(profile.columns);
  pass.backend = engine.backend;
  pass.slab_rows = engine.slab_rows;
  const bool wide = static_cast<std::int64_t>(pass.features.size()) > model.pca_max_columns;
  pass.gram = !wide && pass.features.size() >= 2;
  LW_TRY(PassResult first, accumulate(pass, control));
  profile.states = std::move(first.states);
  profile.gram = std::move(first.gram);

  std::vector<std::string> names;
  for (const std::size_t c : pass.features) names.push_back(profile.columns[c].column.name);
  if (pass.gram) {
    profile.pca = fit_pca(profile.gram, names, model.pca_variance);
  } else {
    profile.pca.skipped = wide ? std::to_string(names.size()) + " features are more than the limit of " +
                                     std::to_string(model.pca_max_columns) + " (pca: {max_columns: N} raises it)"
                               : "fewer than two usable features";
  }
  if (profile.pca.skipped.empty()) {
    pass.pca = &profile.pca;
    pass.states = false;
    pass.gram = false;
    pass.errors = true;
    LW_TRY(PassResult second, accumulate(pass, control));
    profile.states.reconstruction = std::move(second.states.reconstruction);
  }
  profile.chunks = std::move(chunks.chunks);
  profile.segments = std::move(segments);
  return FitResult{std::move(profile), opened.source};
}

}  // namespace longwatch
