#pragma once
// Private to the evaluation: replicates of many cells of a model drawn in one submission, before metrics ask for them
// cell by cell. Changes no bit.

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "engine/evaluate/evaluate.hpp"
#include "engine/metrics/classifier_view.hpp"

namespace longwatch {

/// Does nothing where the model takes no bootstrap or the backend prefers small submissions.
class ReplicatesAhead {
 public:
  /// `column`: -1 is the model, other columns need no replicates.
  ReplicatesAhead(const Periods& periods, const std::vector<const Metric*>& metrics, std::int32_t column);
  /// How many of so many cells to draw at a time: what is drawn of a cell takes about 200 KB.
  [[nodiscard]] std::size_t at_a_time(std::size_t cells) const;
  /// Draws the cells [from, from + count) in place of those drawn before. `input_of` is called from several threads;
  /// without a classifier in its input a cell has nothing to draw. Should the backend fail, the metrics will meet the
  /// error.
  void draw(std::size_t from, std::size_t count, const std::function<MetricInput(std::size_t)>& input_of);
  /// Gives a cell's view what was drawn for it.
  void hand_over(std::size_t cell, const ClassifierView& view) const;

 private:
  const Periods& periods_;
  bool on_ = false;
  bool realized_ = false;  // some metric is of this family
  bool estimated_ = false;
  std::size_t from_ = 0;
  std::vector<std::shared_ptr<metrics::TableReplicates>> drawn_;
};

}  // namespace longwatch
