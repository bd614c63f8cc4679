#pragma once
// The rows of cutoffs.parquet: what a binary model's metrics would be at other cut-offs, from the stored scores.

#include <vector>

#include "engine/analyze.hpp"
#include "engine/output/cutoffs_file.hpp"
#include "engine/output/text_pool.hpp"

namespace longwatch {

/// One curve for each segment, period (all its chunks and the rows of no chunk together) and family: estimated, where
/// the model can be estimated, and realized, where there are labels. At most kMostCutoffs cut-offs, the same for both
/// families of a segment and period. Nothing where the model is no binary classifier with scores. Segments run side by
/// side on the calling arena; the result does not depend on how.
std::vector<CutoffRow> cutoff_rows(const ModelConfig& model, const ReferenceProfile& profile,
                                   const AnalysisStates& analysis, TextPool& pool);

}  // namespace longwatch
