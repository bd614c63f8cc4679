#pragma once
// One pass over a source: every row goes, through the backend, into the states of its cells.

#include <cstdint>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/base/progress.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/model/class_labels.hpp"
#include "engine/profile/profile.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// What a pass reads and computes. Everything is borrowed.
struct Pass {
  const Source* source = nullptr;
  const ChunkPlan* chunks = nullptr;
  const SegmentPlan* segments = nullptr;
  const std::vector<ColumnProfile>* columns = nullptr;
  std::vector<bool> readable;         ///< by column: false where this source lacks it or holds it as another type
  const PcaProfile* pca = nullptr;    ///< with `errors`
  Task task = Task::none;                           ///< with `performance`
  LabelRule labels;                                 ///< what labels and predictions stand for
  const PerformanceProfile* performance = nullptr;  ///< with `states`: scores or residuals are counted, as the task asks
  double cutoff = 0.5;                              ///< predicts a row that has no prediction
  bool classes = false;  ///< scores of several classes are counted; with `performance`, and `class_scores` by class: the
                         ///< column of its score, -1 for none. Calibrated sums where `performance` has calibrators
  std::vector<std::int32_t> class_scores;
  std::vector<std::size_t> features;  ///< columns that enter the PCA, in its order; with `gram` or `errors`
  bool states = true;                 ///< column states
  bool gram = false;                  ///< the Gram matrix of all rows
  bool errors = false;                ///< reconstruction errors
  Backend* backend = nullptr;
  std::int64_t slab_rows = 0;  ///< rows decoded at a time; 0: chosen from the number of columns
};

struct PassResult {
  StateTable states;
  GramState gram;
};

/// Runs a pass on the threads of the calling task arena. Memory: the states, plus one slab per thread. The result does
/// not depend on threads, slabs, or the order and layout of rows. Errors: the first in row-group order.
Result<PassResult> accumulate(const Pass& pass, const Control& control);

}  // namespace longwatch
