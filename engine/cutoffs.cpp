// Every segment's scores added up over the chunks, then read at chosen cut-offs.
#include "engine/cutoffs.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <span>

#include "engine/base/hash.hpp"
#include "engine/metrics/classifier_view.hpp"
#include "engine/metrics/cutoff_curve.hpp"
#include "engine/metrics/metric.hpp"

namespace longwatch {
namespace {

// The scores of one segment in one period, and what they are seen through.
struct Cell {
  const StateTable* table = nullptr;
  const PerformanceProfile* performance = nullptr;
  std::int64_t segment = 0;  // in `table`
};

class CurveMaker {
 public:
  CurveMaker(const ModelConfig& model, const ReferenceProfile& profile, const AnalysisStates& analysis, TextPool& pool)
      : model_(model), profile_(profile), analysis_(analysis), pool_(pool) {}

  [[nodiscard]] std::vector<CutoffRow> rows(std::size_t segment, bool reference) const {
    std::vector<CutoffRow> out;
    const Cell cell = cell_of(segment, reference);
    if (cell.table == nullptr || cell.table->scores.empty() || !cell.performance->unusable.empty()) return out;
    const std::size_t first = cell.table->cell(cell.segment, 0);
    const ScoreState state =
        merge_scores(std::span(cell.table->scores).subspan(first, static_cast<std::size_t>(cell.table->slots)));
    ClassifierView view;
    view.assign_masses(state, *cell.performance);
    const bool estimated = !view.estimated.score.empty();
    const auto cutoffs = chosen_cutoffs(estimated ? view.estimated : view.realized, kMostCutoffs);
    const ResultRow key = key_of(segment, reference);
    if (estimated) add(key, Family::estimated_performance, cutoff_curve(view.estimated, cutoffs), out);
    add(key, Family::realized_performance, cutoff_curve(view.realized, cutoffs), out);
    return out;
  }

 private:
  [[nodiscard]] Cell cell_of(std::size_t segment, bool reference) const {
    const bool apart = !analysis_.parts.empty();
    const std::size_t part = segment - 1;
    if (!apart || segment == 0) {
      const StateTable& table = reference ? profile_.states : analysis_.states;
      if (static_cast<std::int64_t>(segment) >= table.segments) return {};  // not in the reference
      return {&table, &profile_.performance, static_cast<std::int64_t>(segment)};
    }
    const bool known = part < profile_.parts.size();
    const PerformanceProfile& performance = known ? profile_.parts[part].performance : profile_.performance;
    if (!reference) return {&analysis_.parts[part].states, &performance, 0};
    return known ? Cell{&profile_.parts[part].states, &performance, 0} : Cell{};
  }

  [[nodiscard]] ResultRow key_of(std::size_t segment, bool reference) const {
    const Segment& known = analysis_.segments.segments[segment];
    ResultRow out;
    out.model = pool_.intern(model_.name);
    out.model_version = pool_.intern(model_.version);
    out.segment_column = pool_.intern(known.columns);
    out.segment_value = pool_.intern(known.value);
    out.segment_missing = known.missing;
    out.segment_order = static_cast<std::int32_t>(segment);
    out.period = reference ? "reference" : "analysis";
    return out;
  }

  void add(const ResultRow& key, Family family, const std::vector<CutoffPoint>& curve,
           std::vector<CutoffRow>& out) const {
    if (curve.empty() || !(curve.front().rows() > 0)) return;
    const std::size_t first = out.size();
    for (const CutoffPoint& point : curve) {
      CutoffRow row;
      row.key = key;
      row.family = family_name(family);
      row.point = point;
      if (model_.costs) row.business_value = business_value(point, *model_.costs);
      out.push_back(row);
    }
    if (!model_.costs) return;
    const BestCutoff best = best_cutoff(curve, *model_.costs, family == Family::estimated_performance,
                                        kCutoffResamples, cutoff_seed(key, family_name(family)));
    for (std::size_t i = first; i < out.size(); ++i) out[i].best = i == first + best.at ? 1 : 0;
    CutoffRow& row = out[first + best.at];
    row.cutoff_lower = best.cutoff_lower;
    row.cutoff_upper = best.cutoff_upper;
    row.value_lower = best.value_lower;
    row.value_upper = best.value_upper;
  }

  const ModelConfig& model_;
  const ReferenceProfile& profile_;
  const AnalysisStates& analysis_;
  TextPool& pool_;
};

}  // namespace

std::vector<CutoffRow> cutoff_rows(const ModelConfig& model, const ReferenceProfile& profile,
                                   const AnalysisStates& analysis, TextPool& pool) {
  std::vector<CutoffRow> out;
  if (model.task != Task::binary || model.scores.empty()) return out;
  const CurveMaker maker(model, profile, analysis, pool);
  const std::size_t segments = analysis.segments.segments.size();
  std::vector<std::vector<CutoffRow>> parts(2 * segments);  // the reference's first
  tbb::parallel_for(std::size_t{0}, parts.size(),
                    [&](std::size_t i) { parts[i] = maker.rows(i % segments, i < segments); });
  for (auto& part : parts) std::move(part.begin(), part.end(), std::back_inserter(out));
  return out;
}

}  // namespace longwatch
