// Fit, analysis and evaluation of segments that are fitted apart.
#include "engine/parts.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <utility>

#include "engine/gather/segment_rows.hpp"
#include "engine/learn.hpp"
#include "engine/profile/block_states.hpp"

namespace longwatch {
namespace {

WantedColumn wanted(const ModelColumn& column) {
  return {column.name, column.kind == ColumnKind::continuous ? ReadAs::number : ReadAs::category};
}

// Rows are counted as they are gathered; a segment's passes only learn when to stop.
Control quiet(const Control& control) { return {nullptr, control.stop}; }

// No cell has rows.
PartStates without_rows(const ChunkPlan& chunks) {
  StateTable table;
  table.slots = static_cast<std::int64_t>(chunks.chunks.size()) + 1;
  table.rows.assign(chunks.chunks.size() + 1, 0);
  PartStates out;
  share_out(std::move(table), chunks.groups, out.states, out.blocks);
  return out;
}

}  // namespace

const SegmentPlan& all_rows_plan() {
  static const SegmentPlan kPlan{{}, {Segment()}};
  return kPlan;
}

Result<std::vector<ReferenceProfile>> fit_parts(const Source& source, const std::vector<ModelColumn>& columns,
                                                const ChunkPlan& chunks, const SegmentPlan& segments,
                                                const ModelConfig& model, const Engine& engine,
                                                const Control& control) {
  SegmentRequest request{&source, &chunks, &segments, {}, engine.segment_bytes};
  for (const ModelColumn& column : columns) request.columns.push_back(wanted(column));
  std::vector<ReferenceProfile> out(segments.segments.size() - 1);
  const auto fit = [&](const SegmentRows& rows) -> Result<void> {
    ReferenceProfile& part = out[static_cast<std::size_t>(rows.segment) - 1];
    part.rows = rows.source->rows();
    LW_TRY(part.columns, learn_columns(*rows.source, columns, model, engine));
    return learn_states(*rows.source, rows.chunks, all_rows_plan(), model, engine, quiet(control), part);
  };
  LW_CHECK(for_each_segment(request, control, fit));
  return out;
}

Result<std::vector<PartStates>> analyze_parts(const ModelConfig& model, const Source& source, const ChunkPlan& chunks,
                                              const SegmentPlan& segments, const ReferenceProfile& profile,
                                              const std::vector<std::string>& unreadable, const Engine& engine,
                                              const Control& control) {
  SegmentRequest request{&source, &chunks, &segments, {}, engine.segment_bytes};
  for (std::size_t c = 0; c < profile.columns.size(); ++c) {
    if (unreadable[c].empty()) request.columns.push_back(wanted(profile.columns[c].column));
  }
  std::vector<PartStates> out(segments.segments.size() - 1);
  for (PartStates& part : out) part = without_rows(chunks);
  const auto analyze = [&](const SegmentRows& rows) -> Result<void> {
    const auto at = static_cast<std::size_t>(rows.segment) - 1;
    const ReferenceProfile& part = at < profile.parts.size() ? profile.parts[at] : profile;
    LW_TRY(out[at], look_through(model, part, *rows.source, rows.chunks, all_rows_plan(), unreadable, engine,
                                  quiet(control)));
    return {};
  };
  LW_CHECK(for_each_segment(request, control, analyze));
  return out;
}

std::vector<Judged> evaluate_model(const ModelConfig& model, const ReferenceProfile& profile,
                                   const AnalysisStates& analysis, const std::vector<const Metric*>& metrics,
                                   Backend& backend) {
  Periods whole{&model,
                &profile,
                &analysis.states,
                &analysis.chunks.chunks,
                &analysis.segments,
                &analysis.unusable,
                analysis.pca_unusable,
                analysis.losses_unusable,
                analysis.domain_unusable};
  whole.analysis_blocks = &analysis.blocks;
  whole.backend = &backend;
  if (analysis.parts.empty()) return evaluate(whole, metrics);
  whole.segments = &all_rows_plan();
  std::vector<std::vector<Judged>> judged(analysis.parts.size() + 1);
  tbb::parallel_for(std::size_t{0}, judged.size(), [&](std::size_t s) {
    Periods periods = whole;
    if (s > 0) {
      const PartStates& part = analysis.parts[s - 1];
      periods.only = static_cast<std::int32_t>(s);
      periods.segment = &analysis.segments.segments[s];
      periods.in_reference = s <= profile.parts.size();
      if (periods.in_reference) periods.reference = &profile.parts[s - 1];
      periods.reference_chunks = &profile.chunks;
      periods.analysis = &part.states;
      periods.analysis_blocks = &part.blocks;
      periods.unusable = &part.unusable;
      periods.pca_unusable = part.pca_unusable;
    }
    judged[s] = evaluate(periods, metrics);
  });
  std::vector<Judged> out;
  for (std::vector<Judged>& part : judged) {
    std::move(part.begin(), part.end(), std::back_inserter(out));
    part = {};
  }
  return out;
}

}  // namespace longwatch
