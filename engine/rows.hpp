#pragma once
// From judged values to rows of results.parquet.

#include <vector>

#include "engine/analyze.hpp"
#include "engine/evaluate/evaluate.hpp"
#include "engine/output/result_table.hpp"

namespace longwatch {

/// The rows of one model: its judged values, and what belongs to no chunk (rows without a timestamp, schema changes).
/// `analysis` is null where only the reference was evaluated. Texts are interned in `pool`.
std::vector<ResultRow> result_rows(const ModelConfig& model, const ReferenceProfile& profile,
                                   const AnalysisStates* analysis, const std::vector<Judged>& judged, TextPool& pool);

}  // namespace longwatch
