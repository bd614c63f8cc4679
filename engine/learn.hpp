#pragma once
// What is learned of the rows of one table: a model's whole reference, or one segment of it.

#include "engine/fit.hpp"

namespace longwatch {

/// Learns every column of `columns`; those that nothing can be learned of are made countable, and the limits of the
/// model's constraints become edges.
Result<std::vector<ColumnProfile>> learn_columns(const Source& source, const std::vector<ModelColumn>& columns,
                                                 const ModelConfig& model, const Engine& engine);

/// Fills states (and blocks, where `chunks` are split), gram and pca of `profile`, whose columns are learned: one read
/// for states and Gram matrix, one more for reconstruction errors where there is a PCA. Errors: those of reading.
Result<void> learn_states(const Source& source, const ChunkPlan& chunks, const SegmentPlan& segments,
                          const ModelConfig& model, const Engine& engine, const Control& control,
                          ReferenceProfile& profile);

}  // namespace longwatch
