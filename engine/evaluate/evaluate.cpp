// Segment by segment and column by column: the reference's total, its chunks, thresholds from them, then the analysis
// chunks.
#include "engine/evaluate/evaluate.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "engine/base/hash.hpp"
#include "engine/base/side_by_side.hpp"
#include "engine/chunk/blocks.hpp"
#include "engine/evaluate/cell_states.hpp"
#include "engine/evaluate/constraints.hpp"
#include "engine/evaluate/judge.hpp"
#include "engine/evaluate/replicates_ahead.hpp"
#include "engine/metrics/block_jackknife.hpp"
#include "engine/metrics/classes_view.hpp"
#include "engine/metrics/classifier_view.hpp"
#include "engine/metrics/distance_scratch.hpp"
#include "engine/model/class_labels.hpp"
#include "engine/state/resample.hpp"

namespace longwatch {
namespace {

// A column's cell as a dense view, of either kind.
struct View {
  NumberView numbers;
  CategoryView categories;
  bool number = true;
  void assign(const CellStates& cell, const ColumnProfile& column) {
    number = column.column.kind == ColumnKind::continuous;
    if (number) {
      numbers.assign(*cell.number, column);
    } else {
      categories.assign(*cell.category, column);
    }
  }
};

// What metrics read of the cell at hand. Buffers are reused from cell to cell, by one thread at a time.
struct CellViews {
  View column;
  ClassifierView classifier;
  ClassesView classes;
  metrics::DistanceScratch distances;
};

// The states of one segment in one period.
struct Side {
  const StateTable* table = nullptr;
  const std::vector<Chunk>* chunks = nullptr;
  const StateTable* blocks = nullptr;  // without cells: intervals take rows as independent
  bool reference = false;
};

// Evaluates one (segment, column); column -1 is the model. Cells are worked on side by side.
class ColumnTask {
 public:
  ColumnTask(const Periods& periods, const std::vector<const Metric*>& metrics, std::int32_t segment,
             std::int32_t column)
      : periods_(periods),
        metrics_(metrics),
        segment_(segment),
        label_(periods.only < 0 ? segment : periods.only),
        column_(column) {
    for (const Metric* metric : metrics)
      variants_.push_back(metric->variants == nullptr ? 1
                                                      : metric->variants(*periods.model, *periods.reference).size());
  }

  std::vector<Judged> run() {
    const ReferenceProfile& profile = *periods_.reference;
    in_reference_ = periods_.only < 0 ? segment_ < profile.states.segments : periods_.in_reference;
    const std::vector<Chunk>* chunks =
        periods_.reference_chunks == nullptr ? &profile.chunks : periods_.reference_chunks;
    if (column_ >= 0) {
      profile_column_ = &profile.columns[static_cast<std::size_t>(column_)];
      if (in_reference_) merge_reference();
    } else if (in_reference_) {
      merge_model_reference();
    }
    if (in_reference_) side({&profile.states, chunks, &profile.blocks, true});
    const std::string name = column_ < 0 ? "" : profile_column_->column.name;
    const bool continuous = column_ >= 0 && profile_column_->column.kind == ColumnKind::continuous;
    Judge judge(*periods_.model, name, continuous ? profile_column_->deviation : kNaN);
    judge.learn(out_);
    if (periods_.analysis != nullptr)
      side({periods_.analysis, periods_.analysis_chunks, periods_.analysis_blocks, false});
    side_by_side(out_.size(), [&](std::size_t i) { judge.judge(out_[i]); });
    return std::move(out_);
  }

 private:
  void merge_reference() {
    const StateTable& table = periods_.reference->states;
    const auto c = static_cast<std::size_t>(column_);
    for (std::int64_t slot = 0; slot < table.slots; ++slot) {
      const std::size_t cell = table.cell(segment_, slot);
      reference_rows_ += static_cast<double>(table.rows[cell]);
      if (profile_column_->column.kind == ColumnKind::continuous) {
        number_total_.merge(table.numbers[c][cell]);
      } else {
        category_total_.merge(table.categories[c][cell]);
      }
    }
    reference_.emplace();
    reference_->number = profile_column_->column.kind == ColumnKind::continuous;
    if (reference_->number) {
      reference_->numbers = NumberView::of(number_total_, *profile_column_);
    } else {
      reference_->categories = CategoryView::of(category_total_, *profile_column_);
    }
  }

  void merge_model_reference() {
    const StateTable& table = periods_.reference->states;
    for (std::int64_t slot = 0; slot < table.slots; ++slot) {
      const std::size_t cell = table.cell(segment_, slot);
      if (!table.reconstruction.empty()) reconstruction_total_.merge(table.reconstruction[cell]);
      if (!table.classes.empty()) class_total_.merge(table.classes[cell]);
      if (!table.residuals.empty()) residual_total_.merge(table.residuals[cell]);
      if (!table.losses.empty()) loss_total_.merge(table.losses[cell]);
    }
    if (!table.classes.empty()) reference_classes_.assign(class_total_, periods_.reference->performance);
    if (table.scores.empty()) return;
    const auto slots = static_cast<std::size_t>(table.slots);
    score_total_ = merge_scores(std::span(table.scores).subspan(table.cell(segment_, 0), slots));
    reference_classifier_.assign_reference(score_total_, periods_.reference->performance);
  }

  // The states of a column's metrics in one cell.
  void view_column(const CellStates& cell, View& view, MetricInput& input) const {
    view.assign(cell, *profile_column_);
    input.numbers = view.number ? &view.numbers : nullptr;
    input.categories = view.number ? nullptr : &view.categories;
    if (!reference_) return;
    input.reference_numbers = reference_->number ? &reference_->numbers : nullptr;
    input.reference_categories = reference_->number ? nullptr : &reference_->categories;
  }

  // The states of the model's own metrics in one cell.
  void view_model(const CellStates& cell, CellViews& views, MetricInput& input) const {
    input.reconstruction = cell.reconstruction;
    if (in_reference_ && !periods_.reference->states.reconstruction.empty())
      input.reference_reconstruction = &reconstruction_total_;
    input.losses = cell.losses;
    if (in_reference_ && !periods_.reference->states.losses.empty()) input.reference_losses = &loss_total_;
    input.residuals = cell.residuals;
    if (in_reference_ && !periods_.reference->states.residuals.empty()) input.reference_residuals = &residual_total_;
    if (cell.classes != nullptr) {
      views.classes.assign(*cell.classes, periods_.reference->performance);
      input.classes = &views.classes;
      if (in_reference_) input.reference_classes = &reference_classes_;
    }
    if (cell.scores == nullptr) return;
    views.classifier.assign(*cell.scores, periods_.reference->performance);
    input.classifier = &views.classifier;
    if (in_reference_) input.reference_classifier = &reference_classifier_;
  }

  [[nodiscard]] bool applies(const Metric& metric) const {
    if (metric.applies_to == AppliesTo::all_rows && label_ != 0) return false;
    if (column_ < 0) return of_model(metric.applies_to, periods_.model->task);
    if (metric.applies_to == AppliesTo::both) return true;
    return metric.applies_to ==
           (profile_column_->column.kind == ColumnKind::continuous ? AppliesTo::continuous : AppliesTo::categorical);
  }

  // False: a segment without rows in this chunk has no cell.
  bool is_cell(const Side& side, std::size_t k, Judged& base) const {
    base.segment = label_;
    base.reference = side.reference;
    base.chunk = static_cast<std::int32_t>(k);
    base.column = column_;
    base.rows = side.table->rows[side.table->cell(segment_, base.chunk)];
    return base.rows > 0 || label_ == 0;
  }

  void side(const Side& side) {
    std::vector<std::vector<Judged>> by_chunk(side.chunks->size());
    ReplicatesAhead ahead(periods_, metrics_, column_);
    const std::size_t step = ahead.at_a_time(by_chunk.size());
    for (std::size_t from = 0; from < by_chunk.size(); from += step) {
      const std::size_t count = std::min(step, by_chunk.size() - from);
      ahead.draw(from, count, [&](std::size_t k) {
        Judged base;
        if (!is_cell(side, k, base)) return MetricInput{};
        const std::size_t cell = side.table->cell(segment_, base.chunk);
        return input_of(CellStates::of(*side.table, column_, cell), base, views_.local());
      });
      side_by_side(count, [&](std::size_t i) {
        Judged base;
        if (is_cell(side, from + i, base)) chunk(side, ahead, base, views_.local(), by_chunk[from + i]);
      });
    }
    for (std::vector<Judged>& judged : by_chunk) std::move(judged.begin(), judged.end(), std::back_inserter(out_));
  }

  // By what the segment is called, not where it stands: more segments change no random number.
  [[nodiscard]] std::uint64_t place_of(const Judged& base) const {
    const Segment& segment = periods_.segment != nullptr
                                 ? *periods_.segment
                                 : periods_.segments->segments[static_cast<std::size_t>(label_)];
    const std::uint64_t text = hash_text(segment.value, hash_text(segment.columns, segment.missing ? 1 : 0));
    return resample::key_of(resample::key_of(text, base.reference ? 1 : 0), static_cast<std::uint64_t>(base.chunk));
  }

  // What metrics read of the states of a cell, out of `views`.
  MetricInput input_of(const CellStates& cell, const Judged& base, CellViews& views) const {
    MetricInput input;
    input.profile = periods_.reference;
    input.model = periods_.model;
    input.rows = cell.rows;
    input.place = place_of(base);
    input.backend = periods_.backend;
    if (column_ < 0) {
      view_model(cell, views, input);
    } else {
      input.scratch = &views.distances;
      view_column(cell, views.column, input);
    }
    return input;
  }

  void chunk(const Side& side, const ReplicatesAhead& ahead, const Judged& base, CellViews& views,
             std::vector<Judged>& out) const {
    const std::string why = status_of(side);
    MetricInput input;
    if (why.empty())
      input = input_of(CellStates::of(*side.table, column_, side.table->cell(segment_, base.chunk)), base, views);
    if (input.classifier != nullptr) ahead.hand_over(static_cast<std::size_t>(base.chunk), *input.classifier);
    if (column_ < 0 && !side.table->domain.empty())
      input.domain = &side.table->domain[static_cast<std::size_t>(base.chunk)];
    for (std::size_t m = 0; m < metrics_.size(); ++m) {
      if (!applies(*metrics_[m])) continue;
      input.row_estimators_status = row_estimators_status(side, *metrics_[m]);
      for (std::size_t variant = 0; variant < variants_[m]; ++variant) {
        Judged judged = base;
        judged.metric = metrics_[m];
        judged.variant = static_cast<std::int32_t>(variant);
        input.variant = variant;
        judged.value = compute(*metrics_[m], input, why, side);
        out.push_back(std::move(judged));
      }
    }
    const std::size_t values = out.size();
    if (column_ >= 0 && why.empty() && label_ == 0) constraints(views.column, base, out);
    if (side.blocks != nullptr && !side.blocks->rows.empty())
      block_intervals(side, base, views, std::span(out).first(values));
  }

  // Intervals of one cell's values, from those without one group of its blocks at a time.
  void block_intervals(const Side& side, const Judged& base, CellViews& views, std::span<Judged> out) const {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const Judged& judged = out[i];
      const bool known = judged.value.status == "ok" && std::isfinite(judged.value.ci_lower);
      if (known && judged.metric->applies_to != AppliesTo::all_rows) wanted.push_back(i);
    }
    if (wanted.empty()) return;
    std::vector<std::vector<metrics::LeftOut>> without(wanted.size());
    const std::size_t first_cell = side.blocks->cell(segment_, base.chunk * kBlockGroups);
    LeaveOneOut groups(*side.blocks, column_, first_cell, kBlockGroups);
    while (groups.size() >= metrics::kLeastGroups && groups.next()) {
      MetricInput input = input_of(groups.states(), base, views);
      input.value_only = true;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        const Judged& judged = out[wanted[i]];
        input.variant = static_cast<std::size_t>(judged.variant);
        const double value = judged.metric->compute(input).value;
        without[i].push_back({value, static_cast<double>(input.rows)});
      }
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      Judged& judged = out[wanted[i]];
      metrics::set_block_interval(*judged.metric, without[i], static_cast<double>(base.rows), reference_rows_,
                                  judged.value);
    }
  }

  // Why estimators that need rows have nothing to say in this period, or empty.
  [[nodiscard]] std::string_view row_estimators_status(const Side& side, const Metric& metric) const {
    const ReferenceProfile& profile = *periods_.reference;
    if (metric.applies_to == AppliesTo::all_rows)
      return side.reference ? profile.domain.unusable : periods_.domain_unusable;
    return side.reference ? profile.losses.unusable : periods_.losses_unusable;
  }

  // Why no metric of this column can be computed in this period, or empty.
  [[nodiscard]] std::string status_of(const Side& side) const {
    if (column_ < 0 || side.reference || periods_.unusable == nullptr) return "";
    const std::string& why = (*periods_.unusable)[static_cast<std::size_t>(column_)];
    return why == profile_column_->usable ? "" : why;
  }

  [[nodiscard]] MetricValue compute(const Metric& metric, const MetricInput& input, const std::string& why,
                                    const Side& side) const {
    MetricValue out;
    if (!why.empty()) {
      out.status = why;
      return out;
    }
    if (metric.needs_reference && !in_reference_) {
      out.status = "not_in_reference";
      return out;
    }
    if (metric.family == Family::multivariate_drift && metric.applies_to == AppliesTo::model) {
      const std::string& skipped = side.reference ? periods_.reference->pca.skipped : periods_.pca_unusable;
      if (!skipped.empty()) return MetricValue::undefined(skipped);
    }
    const PerformanceProfile& performance = periods_.reference->performance;
    const bool estimated = metric.family == Family::estimated_performance;
    if (estimated || metric.family == Family::realized_performance) {
      out.status = performance.unusable.empty() && estimated ? performance.not_estimated : performance.unusable;
      if (!out.status.empty()) return out;
    }
    return metric.compute(input);
  }

  void constraints(const View& view, const Judged& base, std::vector<Judged>& out) const {
    const auto& all = periods_.model->constraints;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].column != profile_column_->column.name || all[i].kind == ConstraintKind::unique) continue;
      Judged judged = base;
      judged.constraint = static_cast<std::int32_t>(i);
      judged.value =
          view.number ? check_numbers(all[i], view.numbers) : check_categories(by_label(all[i]), view.categories);
      judged.upper = constraint_limit(all[i]);
      out.push_back(std::move(judged));
    }
  }

  // Categories of labels are what texts stand for, so the allowed ones are too.
  [[nodiscard]] Constraint by_label(Constraint constraint) const {
    if (!is_classifier(periods_.model->task) || !holds_labels(profile_column_->column.role)) return constraint;
    const LabelRule rule(*periods_.model);
    for (std::string& value : constraint.values) value = rule.of(value);
    return constraint;
  }

  const Periods& periods_;
  const std::vector<const Metric*>& metrics_;
  std::int32_t segment_;  // in the tables
  std::int32_t label_;
  std::int32_t column_;
  bool in_reference_ = false;
  double reference_rows_ = 0;  // of the segment
  const ColumnProfile* profile_column_ = nullptr;
  NumberState number_total_;
  CategoryState category_total_;
  NumberState reconstruction_total_;
  ScoreState score_total_;
  ClassState class_total_;
  ClassesView reference_classes_;
  ResidualState residual_total_;
  LossState loss_total_;
  ClassifierView reference_classifier_;
  std::optional<View> reference_;
  tbb::enumerable_thread_specific<CellViews> views_;
  std::vector<std::size_t> variants_;  // by metric: how many values it has
  std::vector<Judged> out_;
};

}  // namespace

std::vector<Judged> evaluate(const Periods& periods, const std::vector<const Metric*>& metrics) {
  const auto columns = static_cast<std::int32_t>(periods.reference->columns.size());
  const auto segments = static_cast<std::int32_t>(periods.segments->segments.size());
  const std::size_t tasks = static_cast<std::size_t>(segments) * static_cast<std::size_t>(columns + 1);
  std::vector<std::vector<Judged>> parts(tasks);
  tbb::parallel_for(std::size_t{0}, tasks, [&](std::size_t i) {
    const auto segment = static_cast<std::int32_t>(i / static_cast<std::size_t>(columns + 1));
    const auto column = static_cast<std::int32_t>(i % static_cast<std::size_t>(columns + 1)) - 1;
    parts[i] = ColumnTask(periods, metrics, segment, column).run();
  });
  std::vector<Judged> out;
  std::size_t total = 0;
  for (const auto& part : parts) total += part.size();
  out.reserve(total);
  for (auto& part : parts) {
    std::move(part.begin(), part.end(), std::back_inserter(out));
    part = {};
  }
  return out;
}

}  // namespace longwatch
