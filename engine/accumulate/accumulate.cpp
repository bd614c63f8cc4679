// The pass: row groups in parallel, each streamed in slabs, wide tables some columns at a time; in a slab, columns in
// parallel, then the rows of the PCA.
#include "engine/accumulate/accumulate.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <optional>

#include "engine/accumulate/batches.hpp"
#include "engine/accumulate/category_map.hpp"
#include "engine/accumulate/class_codes.hpp"
#include "engine/accumulate/column_states.hpp"
#include "engine/accumulate/routing.hpp"
#include "engine/accumulate/shared.hpp"
#include "engine/base/side_by_side.hpp"
#include "engine/state/row.hpp"

namespace longwatch {
namespace {

using accumulating::Batch;
using accumulating::batch_cells;
using accumulating::CategoryColumn;
using accumulating::ColumnStates;
using accumulating::kCellsAtOnce;
using accumulating::kColumnsTogether;
using accumulating::NumberColumn;
using accumulating::partial_bytes;
using accumulating::Shared;

constexpr std::int64_t kTileRows = 4'096;
constexpr std::int64_t kClassTerms = 1 << 19;  // scores of rows x classes counted at a time

// Streams some columns of one row group; those of the first part also the rows themselves.
class RowGroupTask {
 public:
  RowGroupTask(Shared& shared, const RowGroup& group, std::size_t group_index, std::size_t part)
      : shared_(shared),
        group_(group),
        columns_(shared.column_parts[part]),
        first_(part == 0),
        cursor_(shared.pass().chunks->runs[group_index],
                static_cast<std::int64_t>(shared.pass().chunks->chunks.size())),
        router_(*shared.pass().segments),
        together_(shared.pass().backend->in_batches() ? kColumnsTogether : 1),
        groups_((columns_.size() + together_ - 1) / together_),
        states_(shared, routing_, groups_ + 1) {}

  Result<void> run() {
    LW_CHECK(open());
    for (std::int64_t done = 0; done < group_.rows;) {
      if (shared_.control().stopped()) return Error{ErrorCode::cancelled, "stopped", {}, ""};
      const std::int64_t rows = std::min(shared_.slab_rows(columns_.size()), group_.rows - done);
      LW_CHECK(slab(rows));
      if (first_) shared_.control().advance(rows);
      done += rows;
    }
    return {};
  }

 private:
  Result<void> open() {
    const Pass& pass = shared_.pass();
    const std::size_t columns = pass.columns->size();
    readers_.resize(columns);
    views_.resize(columns);
    maps_.resize(columns);
    for (const std::size_t c : columns_) {
      const bool number = shared_.is_number(c);
      LW_TRY(readers_[c],
             pass.source->read(group_, (*pass.columns)[c].column.name, number ? ReadAs::number : ReadAs::category));
      if (!number) maps_[c].emplace(*shared_.indices[c]);
    }
    for (const std::string& name : shared_.segment_columns) {
      LW_TRY(auto reader, pass.source->read(group_, name, ReadAs::category));
      segment_readers_.push_back(std::move(reader));
    }
    segment_views_.resize(segment_readers_.size());
    if (!shared_.result.states.scores.empty() || !shared_.result.states.classes.empty()) {
      predictions_.emplace(pass.performance->classes, pass.labels);
      labels_.emplace(pass.performance->classes, pass.labels);
    }
    return {};
  }

  Result<void> slab(std::int64_t rows) {
    LW_CHECK(route(rows));
    LW_CHECK(side_by_side(groups_, [&](std::size_t group) { return columns(group, rows); }));
    LW_CHECK(side_by_side(groups_, [&](std::size_t group) { return states_.finish(group); }));
    if (first_ && !shared_.result.states.scores.empty()) LW_CHECK(scores());
    if (first_ && !shared_.result.states.classes.empty()) LW_CHECK(class_scores());
    if (first_ && !shared_.result.states.residuals.empty()) LW_CHECK(residuals());
    if (first_ && (shared_.pass().gram || shared_.pass().errors)) LW_CHECK(feature_rows(rows));
    return {};
  }

  Result<void> route(std::int64_t rows) {
    const Pass& pass = shared_.pass();
    const std::vector<ChunkRun> runs = cursor_.next(rows);
    routing_.clear();
    routing_.add_all(runs, rows);
    for (std::size_t i = 0; i < segment_readers_.size(); ++i) {
      LW_TRY(segment_views_[i], segment_readers_[i]->next(rows));
    }
    std::vector<std::int32_t> segment(static_cast<std::size_t>(rows));
    for (std::size_t d = 0; d < pass.segments->definitions.size(); ++d) {
      std::vector<ColumnView> views;
      for (const std::string& name : pass.segments->definitions[d]) {
        const auto at = std::find(shared_.segment_columns.begin(), shared_.segment_columns.end(), name) -
                        shared_.segment_columns.begin();
        views.push_back(segment_views_[static_cast<std::size_t>(at)]);
      }
      router_.route(static_cast<int>(d), views, rows, segment.data());
      routing_.add_definition(runs, segment, shared_.result.states.slots);
    }
    if (!first_) return {};
    const std::lock_guard guard(shared_.rows_lock);
    for (const CellRows& item : routing_.items()) shared_.result.states.rows[item.cell] += item.rows.count;
    return {};
  }

  // Decodes some columns, and begins to add them to their states.
  Result<void> columns(std::size_t group, std::int64_t rows) {
    std::vector<NumberColumn> numbers;
    std::vector<CategoryColumn> categories;
    for (std::size_t i = group * together_; i < std::min(columns_.size(), (group + 1) * together_); ++i) {
      const std::size_t c = columns_[i];
      LW_TRY(views_[c], readers_[c]->next(rows));
      if (maps_[c]) maps_[c]->use(*views_[c].dictionary);
      if (!shared_.pass().states) continue;
      if (maps_[c]) {
        categories.push_back({c, views_[c], &*maps_[c]});
      } else {
        numbers.push_back({c, views_[c], &shared_.plans[c], &shared_.result.states.numbers[c]});
      }
    }
    if (!numbers.empty()) LW_CHECK(states_.numbers(group, std::move(numbers)));
    if (!categories.empty()) LW_CHECK(states_.categories(group, std::move(categories)));
    return {};
  }

  // The slab's rows as scores, predictions and labels.
  Result<void> scores() {
    ScoreItem work;
    work.cutoff = shared_.pass().cutoff;
    if (shared_.score_column) work.score = views_[*shared_.score_column];
    if (shared_.prediction_column) work.prediction = predictions_->column(views_[*shared_.prediction_column]);
    if (shared_.target_column) work.label = labels_->column(views_[*shared_.target_column]);
    return cells(work, shared_.result.states.scores,
                 [&](std::span<const ScoreItem> items) { return shared_.pass().backend->scores(items); });
  }

  // Items like `work` for all cells of the slab, each added to its state.
  template <class Item, class State, class Submit>
  Result<void> cells(const Item& work, std::vector<State>& states, const Submit& submit) {
    const std::size_t at_once = shared_.pass().backend->in_batches() ? kCellsAtOnce : 1;
    const auto groups = (routing_.items().size() + at_once - 1) / at_once;
    return side_by_side(groups, [&](std::size_t group) -> Result<void> {
      const auto rest = routing_.items().subspan(group * at_once);
      auto batch = Batch<State>::of(
          rest.first(std::min(at_once, rest.size())), std::span(&work, 1), [](std::size_t, State&) {}, submit);
      return batch.finish([&](std::size_t, std::size_t cell, const State& partial) {
        const std::lock_guard guard(shared_.lock_of(shared_.pass().columns->size() + 1, cell));
        states[cell].merge(partial);
      });
    });
  }

  // The slab's rows as scores of several classes, predictions and labels.
  Result<void> class_scores() {
    std::vector<ColumnView> scores;
    for (const std::optional<std::size_t>& c : shared_.class_columns) scores.push_back(c ? views_[*c] : ColumnView());
    ClassItem work;
    work.scores = scores;
    work.plan = &shared_.class_plan;
    if (shared_.prediction_column) work.prediction = predictions_->column(views_[*shared_.prediction_column]);
    if (shared_.target_column) work.label = labels_->column(views_[*shared_.target_column]);
    const auto columns = static_cast<std::int64_t>(scores.size());
    const std::int64_t most = std::min(row::kFlushRows, kClassTerms / std::max<std::int64_t>(1, columns));
    std::vector<CellRows> pieces;
    for (const CellRows& item : routing_.items()) {
      for (std::int64_t done = 0; done < item.rows.count; done += most)
        pieces.push_back({item.cell, rows_from(item.rows, done, most)});
    }
    Backend& backend = *shared_.pass().backend;
    const std::size_t at_once = backend.in_batches() ? kCellsAtOnce / 8 : 1;
    return side_by_side((pieces.size() + at_once - 1) / at_once, [&](std::size_t group) -> Result<void> {
      const auto rest = std::span<const CellRows>(pieces).subspan(group * at_once);
      auto batch = Batch<ClassPartial>::of(
          rest.first(std::min(at_once, rest.size())), std::span<const ClassItem>(&work, 1),
          [&](std::size_t, ClassPartial& partial) { partial.reset(shared_.class_plan.classes); },
          [&](auto items) { return backend.classes(items); });
      return batch.finish([&](std::size_t, std::size_t cell, ClassPartial& partial) {
        const ClassState part = partial.take();
        const std::lock_guard guard(shared_.lock_of(shared_.pass().columns->size() + 1, cell));
        shared_.result.states.classes[cell].merge(part);
      });
    });
  }

  static RowSelection rows_from(const RowSelection& rows, std::int64_t at, std::int64_t most) {
    const std::int64_t count = std::min(most, rows.count - at);
    return {rows.rows == nullptr ? rows.begin + at : 0, count, rows.rows == nullptr ? nullptr : rows.rows + at};
  }

  // The slab's rows as predictions and labels of a regressor.
  Result<void> residuals() {
    ResidualItem work;
    if (shared_.prediction_column) work.prediction = views_[*shared_.prediction_column];
    if (shared_.target_column) {
      work.label = views_[*shared_.target_column];
      work.centre = (*shared_.pass().columns)[*shared_.target_column].moments.centre;
    }
    return cells(work, shared_.result.states.residuals,
                 [&](std::span<const ResidualItem> items) { return shared_.pass().backend->residuals(items); });
  }

  // The rows of the slab as z: Gram matrix or reconstruction errors, tile by tile.
  Result<void> feature_rows(std::int64_t rows) {
    const Pass& pass = shared_.pass();
    std::vector<ColumnView> views;
    std::vector<FeatureEncoder> encoders;
    for (const std::size_t c : pass.features) {
      const ColumnProfile& column = (*pass.columns)[c];
      views.push_back(views_[c]);
      encoders.push_back({column.mean, 1 / column.deviation, missing_z(column), maps_[c] ? maps_[c]->z() : nullptr});
    }
    if (pass.gram) LW_CHECK(gram(views, encoders, rows));
    if (!pass.errors) return {};
    const PcaBasis basis{static_cast<std::int64_t>(pass.features.size()), pass.pca->rank, pass.pca->basis.data()};
    NumberColumn column{pass.columns->size(), {}, &shared_.error_plan, &shared_.result.states.reconstruction};
    const std::size_t most = batch_cells(partial_bytes(shared_.error_plan));
    if (pass.backend->in_batches() && routing_.items().size() <= most) {
      const NumberItem item{{}, {}, &shared_.error_plan, nullptr};
      auto batch = Batch<NumberPartial>::of(
          routing_.items(), std::span(&item, 1),
          [&](std::size_t, NumberPartial& partial) { partial.reset(shared_.error_plan); },
          [&](auto items) {
            return pass.backend->error_numbers({views, encoders, 0, rows}, basis, items);
          });
      return batch.finish(
          [&](std::size_t, std::size_t cell, const NumberPartial& partial) { states_.add(column, cell, partial); });
    }
    std::vector<double> errors(static_cast<std::size_t>(rows));
    LW_CHECK(tiles(rows, [&](std::int64_t begin, std::int64_t count) {
      return pass.backend->row_errors({views, encoders, begin, count}, basis, errors.data() + begin)->wait();
    }));
    column.view = error_column(errors);
    LW_CHECK(states_.numbers(groups_, {column}));
    return states_.finish(groups_);
  }

  Result<void> gram(std::span<const ColumnView> views, std::span<const FeatureEncoder> encoders, std::int64_t rows) {
    GramState part;
    part.sums.assign(views.size(), 0);
    part.products.assign(views.size() * (views.size() + 1) / 2, 0);
    LW_CHECK(shared_.pass().backend->gram({views, encoders, 0, rows}, &part)->wait());
    const std::lock_guard guard(shared_.gram_lock);
    shared_.result.gram.merge(part);
    return {};
  }

  template <class F>
  Result<void> tiles(std::int64_t rows, F&& work) {
    return side_by_side(static_cast<std::size_t>((rows + kTileRows - 1) / kTileRows), [&](std::size_t tile) {
      const std::int64_t begin = static_cast<std::int64_t>(tile) * kTileRows;
      return work(begin, std::min(kTileRows, rows - begin));
    });
  }

  // work(0) ... work(count - 1) in parallel; the first failure.
  template <class F>
  static Result<void> side_by_side(std::size_t count, F&& work) {
    std::vector<std::optional<Error>> failures(count);
    longwatch::side_by_side(count, [&](std::size_t i) {
      if (auto done = work(i); !done.ok()) failures[i] = std::move(done.error());
    });
    for (auto& failure : failures) {
      if (failure) return std::move(*failure);
    }
    return {};
  }

  Shared& shared_;
  const RowGroup& group_;
  const std::vector<std::size_t>& columns_;
  const bool first_;
  ChunkCursor cursor_;
  SegmentRouter router_;
  SlabRouting routing_;
  std::vector<std::unique_ptr<ColumnReader>> readers_;
  std::vector<ColumnView> views_;
  std::vector<std::optional<CategoryMap>> maps_;
  const std::size_t together_;  // columns of a group
  const std::size_t groups_;    // one more in states_: the row errors
  ColumnStates states_;         // after the readers, as it waits for what it began
  std::vector<std::unique_ptr<ColumnReader>> segment_readers_;
  std::vector<ColumnView> segment_views_;
  std::optional<ClassCodes> predictions_, labels_;
};

// The failure of the earliest row group, so that the same data always gives the same message.
class FirstFailure {
 public:
  void add(std::size_t group, Error error) {
    const std::lock_guard guard(lock_);
    if (!error_ || group < group_) {
      group_ = group;
      error_ = std::move(error);
    }
    reached_ = true;
  }
  /// Groups after a failed one need not start.
  [[nodiscard]] bool skip(std::size_t group) {
    if (!reached_) return false;
    const std::lock_guard guard(lock_);
    return group > group_;
  }
  [[nodiscard]] std::optional<Error>& error() { return error_; }

 private:
  std::mutex lock_;
  std::atomic<bool> reached_{false};
  std::size_t group_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<PassResult> accumulate(const Pass& pass, const Control& control) {
  Shared shared(pass, control);
  FirstFailure failure;
  const std::vector<RowGroup>& groups = pass.source->row_groups();
  std::size_t next = 0;
  // A pipeline, not a parallel loop: its tokens bound the slabs in memory.
  tbb::parallel_pipeline(
      static_cast<std::size_t>(tbb::this_task_arena::max_concurrency()),
      tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, [&](tbb::flow_control& flow) {
        if (next >= groups.size()) flow.stop();
        return next++;
      }) & tbb::make_filter<std::size_t, void>(tbb::filter_mode::parallel, [&](std::size_t index) {
        if (index >= groups.size() || failure.skip(index)) return;
        try {
          for (std::size_t part = 0; part < shared.column_parts.size(); ++part) {
            auto done = RowGroupTask(shared, groups[index], index, part).run();
            if (done.ok()) continue;
            failure.add(index, std::move(done.error()));
            break;
          }
        } catch (const std::bad_alloc&) {
          failure.add(index, {ErrorCode::memory, "out of memory while reading rows", {}, "fewer --threads need less"});
        }
      }));
  if (failure.error()) return std::move(*failure.error());
  return std::move(shared.result);
}

}  // namespace longwatch
