#pragma once
// Private to the pass: what all workers share.

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/accumulate/accumulate.hpp"
#include "engine/accumulate/category_map.hpp"

namespace longwatch::accumulating {

// Of a slab's decoded columns, at most. Where the backend works in batches each submission costs time of its own, so
// slabs are larger.
inline constexpr std::int64_t kSlabBytes = 32 << 20;
inline constexpr std::int64_t kMostSlabRows = 65'536;
inline constexpr std::int64_t kBatchSlabBytes = 128 << 20;
inline constexpr std::int64_t kMostBatchSlabRows = 524'288;
// Read side by side: each open column chunk holds buffers of its own.
inline constexpr std::size_t kColumnsAtOnce = 256;

// What all workers share: immutable plans, and the result behind striped locks.
class Shared {
 public:
  Shared(const Pass& pass, const Control& control) : pass_(pass), control_(control) {
    const StateTable& table = result.states;
    result.states.slots = static_cast<std::int64_t>(pass.chunks->chunks.size()) + 1;
    result.states.segments = static_cast<std::int64_t>(pass.segments->segments.size());
    const auto cells = static_cast<std::size_t>(table.cells());
    result.states.rows.assign(cells, 0);
    const std::size_t columns = pass.columns->size();
    if (pass.states) {
      result.states.numbers.resize(columns);
      result.states.categories.resize(columns);
    }
    plans.resize(columns);
    indices.resize(columns);
    for (std::size_t c = 0; c < columns; ++c) prepare_column(c, cells);
    if (pass.errors) {
      error_plan.partition = &pass.pca->error_partition;
      error_plan.moments = pass.pca->error_moments;
      pass.backend->prepare(error_plan);
      result.states.reconstruction.resize(cells);
    }
    const auto features = pass.features.size();
    if (pass.gram) {
      result.gram.sums.assign(features, 0);
      result.gram.products.assign(features * (features + 1) / 2, 0);
    }
    if (pass.states && pass.performance != nullptr && pass.performance->unusable.empty()) prepare_performance(cells);
    if (pass.classes && pass.performance != nullptr && pass.performance->unusable.empty()) prepare_classes(cells);
    column_parts = parts();
    for (const SegmentDefinition& definition : pass.segments->definitions) {
      for (const std::string& name : definition) {
        if (std::find(segment_columns.begin(), segment_columns.end(), name) == segment_columns.end())
          segment_columns.push_back(name);
      }
    }
  }

  [[nodiscard]] const Pass& pass() const { return pass_; }
  [[nodiscard]] const Control& control() const { return control_; }
  [[nodiscard]] std::mutex& lock_of(std::size_t column, std::size_t cell) {
    return locks_[(column * 31 + cell) % locks_.size()];
  }
  [[nodiscard]] bool is_number(std::size_t column) const {
    return (*pass_.columns)[column].column.kind == ColumnKind::continuous;
  }
  [[nodiscard]] bool wanted(std::size_t column) const {
    if (!pass_.readable[column]) return false;
    if (pass_.states) return true;
    return std::find(pass_.features.begin(), pass_.features.end(), column) != pass_.features.end();
  }
  /// The columns to read, in parts that are read one after another. Those of the PCA and of performance are in one
  /// part: they take whole rows.
  [[nodiscard]] std::vector<std::vector<std::size_t>> parts() const {
    std::vector<std::vector<std::size_t>> out(1);
    if (pass_.gram || pass_.errors) out[0] = pass_.features;
    for (const std::optional<std::size_t>& c : {score_column, prediction_column, target_column}) {
      if (c) out[0].push_back(*c);
    }
    for (const std::optional<std::size_t>& c : class_columns) {
      if (c) out[0].push_back(*c);
    }
    const std::vector<std::size_t> together = out[0];
    for (std::size_t c = 0; c < pass_.columns->size(); ++c) {
      if (!wanted(c) || std::find(together.begin(), together.end(), c) != together.end()) continue;
      if (out.back().size() >= kColumnsAtOnce) out.emplace_back();
      out.back().push_back(c);
    }
    return out;
  }
  [[nodiscard]] std::int64_t slab_rows(std::size_t columns) const {
    if (pass_.slab_rows > 0) return pass_.slab_rows;
    const auto width = static_cast<std::int64_t>(columns + segment_columns.size() + 1);
    const bool batches = pass_.backend->in_batches();
    return std::clamp<std::int64_t>((batches ? kBatchSlabBytes : kSlabBytes) / (8 * width), 1'024,
                                    batches ? kMostBatchSlabRows : kMostSlabRows);
  }

  PassResult result;
  std::vector<NumberPlan> plans;                      // by column
  std::vector<std::optional<CategoryIndex>> indices;  // by column
  NumberPlan error_plan;
  std::vector<std::string> segment_columns;
  std::optional<std::size_t> score_column, prediction_column, target_column;  // where performance is counted
  ClassPlan class_plan;
  std::vector<std::optional<std::size_t>> class_columns;  // by class_plan.scored; none: not readable
  std::vector<std::vector<std::size_t>> column_parts;
  tbb::enumerable_thread_specific<NumberPartial> partials;
  std::mutex rows_lock;
  std::mutex gram_lock;

 private:
  void prepare_column(std::size_t c, std::size_t cells) {
    const ColumnProfile& column = (*pass_.columns)[c];
    if (column.column.kind == ColumnKind::continuous) {
      plans[c].partition = &column.partition;
      plans[c].moments = column.moments;
      if (!pass_.states) return;
      pass_.backend->prepare(plans[c]);
      result.states.numbers[c].resize(cells);
    } else {
      const bool labels = is_classifier(pass_.task) && holds_labels(column.column.role);
      indices[c].emplace(column, labels ? &pass_.labels : nullptr);
      if (pass_.states) result.states.categories[c].resize(cells);
    }
  }

  void prepare_performance(std::size_t cells) {
    if (pass_.task == Task::binary) result.states.scores.resize(cells);
    if (pass_.task == Task::regression) result.states.residuals.resize(cells);
    if (pass_.task == Task::binary) score_column = with_role(Role::score);
    prediction_column = with_role(Role::prediction);
    target_column = with_role(Role::target);
  }

  void prepare_classes(std::size_t cells) {
    const PerformanceProfile& performance = *pass_.performance;
    result.states.classes.resize(cells);
    class_plan.classes = performance.classes.size();
    for (std::size_t c = 0; c < class_plan.classes; ++c) {
      if (pass_.class_scores[c] < 0) continue;
      const auto column = static_cast<std::size_t>(pass_.class_scores[c]);
      class_plan.scored.push_back(static_cast<std::int32_t>(c));
      class_columns.push_back(pass_.readable[column] ? std::optional(column) : std::nullopt);
      if (performance.calibrators.empty()) continue;
      const Calibrator& map = performance.calibrators[c];
      class_plan.maps.push_back(
          {map.scores.data(), map.probabilities.data(), static_cast<std::int64_t>(map.scores.size())});
    }
    prediction_column = with_role(Role::prediction);
    target_column = with_role(Role::target);
  }

  // The readable column of a role, which no feature has.
  [[nodiscard]] std::optional<std::size_t> with_role(Role role) const {
    for (std::size_t c = 0; c < pass_.columns->size(); ++c) {
      if ((*pass_.columns)[c].column.role == role && pass_.readable[c]) return c;
    }
    return std::nullopt;
  }

  const Pass& pass_;
  const Control& control_;
  std::array<std::mutex, 256> locks_;
};

}  // namespace longwatch::accumulating
