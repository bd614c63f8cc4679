// Columns first, then states and the Gram matrix in one pass, then the errors of the PCA in another.
#include "engine/learn.hpp"

#include <algorithm>
#include <cmath>

#include "engine/accumulate/accumulate.hpp"
#include "engine/profile/block_states.hpp"
#include "engine/profile/fit_columns.hpp"
#include "engine/profile/fit_performance.hpp"
#include "engine/profile/score_check.hpp"

namespace longwatch {
namespace {

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
    if (column.column.kind == ColumnKind::continuous && column.partition.edges().empty()) {
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

}  // namespace

Result<std::vector<ColumnProfile>> learn_columns(const Source& source, const std::vector<ModelColumn>& columns,
                                                 const ModelConfig& model, const Engine& engine) {
  const LabelRule labels(model);
  LW_TRY(std::vector<ColumnProfile> out,
         fit_columns(source, columns, model.quantiles, *engine.columns, is_classifier(model.task) ? &labels : nullptr));
  LW_CHECK(make_countable(out));
  LW_CHECK(add_constraint_edges(model, out));
  return out;
}

Result<void> learn_states(const Source& source, const ChunkPlan& chunks, const SegmentPlan& segments,
                          const ModelConfig& model, const Engine& engine, const Control& control,
                          ReferenceProfile& profile) {
  Pass pass;
  pass.source = &source;
  pass.chunks = &chunks;
  pass.segments = &segments;
  pass.columns = &profile.columns;
  pass.readable.assign(profile.columns.size(), true);
  pass.features = pca_features(profile.columns);
  pass.backend = engine.backend;
  pass.slab_rows = engine.slab_rows;
  const bool wide = static_cast<std::int64_t>(pass.features.size()) > model.pca_max_columns;
  pass.gram = !wide && pass.features.size() >= 2;
  profile.performance = learn_classes(model, profile.columns);
  pass.task = model.task;
  pass.labels = LabelRule(model);
  pass.performance = &profile.performance;
  pass.cutoff = model.cutoff.value_or(0.5);
  pass.classes = model.task == Task::multiclass;
  pass.class_scores = class_score_columns(model, profile.performance, profile.columns);
  LW_TRY(PassResult first, accumulate(pass, control));
  share_out(std::move(first.states), chunks.groups, profile.states, profile.blocks);
  profile.gram = std::move(first.gram);
  check_scores(profile);
  fit_performance(model, profile);

  std::vector<std::string> names;
  for (const std::size_t c : pass.features) names.push_back(profile.columns[c].column.name);
  if (pass.gram) {
    profile.pca = fit_pca(profile.gram, names, model.pca_variance);
  } else {
    profile.pca.skipped = wide ? std::to_string(names.size()) + " features are more than the limit of " +
                                     std::to_string(model.pca_max_columns) + " (pca: {max_columns: N} raises it)"
                               : "fewer than two usable features";
  }
  pass.pca = &profile.pca;
  pass.states = false;
  pass.gram = false;
  pass.errors = profile.pca.skipped.empty();
  pass.classes = !profile.states.classes.empty() && !profile.performance.calibrators.empty();
  if (!pass.errors) pass.features.clear();
  if (pass.errors || pass.classes) {
    LW_TRY(PassResult second, accumulate(pass, control));
    StateTable states, blocks;
    share_out(std::move(second.states), chunks.groups, states, blocks);
    profile.states.reconstruction = std::move(states.reconstruction);
    if (pass.classes) profile.states.classes = std::move(states.classes);  // now with their calibrated sums
    profile.blocks.reconstruction = std::move(blocks.reconstruction);
    if (pass.classes) profile.blocks.classes = std::move(blocks.classes);
  }
  return {};
}

}  // namespace longwatch
