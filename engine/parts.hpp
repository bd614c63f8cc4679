#pragma once
// Models whose segments are fitted apart (FitScope::per_segment): every segment is learned, looked at and judged as if
// its rows were all there are. A row is decoded once a segment definition and period, where memory allows.

#include "engine/analyze.hpp"
#include "engine/evaluate/evaluate.hpp"

namespace longwatch {

/// A plan of the segment `all` alone.
const SegmentPlan& all_rows_plan();

/// What is learned of each segment but `all`: ReferenceProfile::parts. Segments are fitted side by side.
Result<std::vector<ReferenceProfile>> fit_parts(const Source& source, const std::vector<ModelColumn>& columns,
                                                const ChunkPlan& chunks, const SegmentPlan& segments,
                                                const ModelConfig& model, const Engine& engine, const Control& control);

/// The states of each segment but `all` of the analysis, each through its part of `profile`; those that the reference
/// lacks through the whole profile. `unreadable`: by column, empty or why this source's cannot be read.
Result<std::vector<PartStates>> analyze_parts(const ModelConfig& model, const Source& source, const ChunkPlan& chunks,
                                              const SegmentPlan& segments, const ReferenceProfile& profile,
                                              const std::vector<std::string>& unreadable, const Engine& engine,
                                              const Control& control);

/// Evaluates `all`, then every segment: with its part where there are parts, else with the model's profile. `backend`
/// draws replicates.
std::vector<Judged> evaluate_model(const ModelConfig& model, const ReferenceProfile& profile,
                                   const AnalysisStates& analysis, const std::vector<const Metric*>& metrics,
                                   Backend& backend);

}  // namespace longwatch
