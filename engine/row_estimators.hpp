#pragma once
// The estimators that need rows, as steps of a fit and of an analysis.

#include "engine/analyze.hpp"
#include "engine/fit.hpp"

namespace longwatch {

/// Learns what the metrics that `model` asks for need: loss models of a regressor, and rows for the domain classifier;
/// fills profile.losses, profile.domain and their states, those of segments fitted apart too. Without LightGBM they
/// have that as their reason and nothing else changes. `blocks`: the chunks split by block, or null.
Result<void> fit_row_estimators(const Source& source, const ChunkPlan& chunks, const ChunkPlan* blocks,
                                const SegmentPlan& segments, const ModelConfig& model, const Engine& engine,
                                const Control& control, ReferenceProfile& profile);

/// Estimates the analysis with what the profile learned, into out.states, out.blocks and those of its parts. `split`:
/// out.chunks, split by block where that is asked for.
Result<void> run_row_estimators(const ReferenceProfile& profile, const ChunkPlan& split, const Engine& engine,
                                const Control& control, AnalysisStates& out);

}  // namespace longwatch
