// Cells planned side by side, then drawn at once.
#include "engine/evaluate/replicates_ahead.hpp"

#include <algorithm>

#include "engine/base/side_by_side.hpp"
#include "engine/metrics/table_bootstrap.hpp"

namespace longwatch {

ReplicatesAhead::ReplicatesAhead(const Periods& periods, const std::vector<const Metric*>& metrics, std::int32_t column)
    : periods_(periods),
      on_(column < 0 && periods.model->task == Task::binary && periods.model->intervals.bootstrap &&
          periods.backend != nullptr && periods.backend->in_batches()) {
  for (const Metric* metric : metrics) {
    if (!of_model(metric->applies_to, Task::binary)) continue;
    realized_ = realized_ || metric->family == Family::realized_performance;
    estimated_ = estimated_ || metric->family == Family::estimated_performance;
  }
}

std::size_t ReplicatesAhead::at_a_time(std::size_t cells) const {
  constexpr std::size_t kCells = 128;
  return std::max(std::size_t{1}, on_ ? std::min(kCells, cells) : cells);
}

void ReplicatesAhead::draw(std::size_t from, std::size_t count,
                           const std::function<MetricInput(std::size_t)>& input_of) {
  if (!on_) return;
  from_ = from;
  drawn_.assign(count, nullptr);
  std::vector<std::vector<ReplicateItem>> by_cell(count);
  side_by_side(count, [&](std::size_t i) {
    const MetricInput input = input_of(from + i);
    if (input.classifier == nullptr) return;
    metrics::plan_replicates(*input.classifier, metrics::resampling_of(input), realized_, estimated_, by_cell[i]);
    drawn_[i] = input.classifier->replicates;
  });
  std::vector<ReplicateItem> items;
  for (const auto& of_cell : by_cell) items.insert(items.end(), of_cell.begin(), of_cell.end());
  if (!periods_.backend->replicates(items)->wait().ok()) drawn_.clear();
}

void ReplicatesAhead::hand_over(std::size_t cell, const ClassifierView& view) const {
  if (cell >= from_ && cell - from_ < drawn_.size()) view.replicates = drawn_[cell - from_];
}

}  // namespace longwatch
