// Which metrics need which trees, and where their states go.
#include "engine/row_estimators.hpp"

#include <algorithm>
#include <array>

#include "engine/config/expression.hpp"
#include "engine/config/totals.hpp"
#include "engine/evaluate/evaluate.hpp"
#include "engine/metrics/residual_totals.hpp"
#include "engine/profile/block_states.hpp"
#include "engine/trees/domain_classifier.hpp"
#include "engine/trees/loss_models.hpp"

namespace longwatch {
namespace {

struct Wanted {
  std::array<bool, kLosses> losses{};
  bool domain = false;
};

// The losses that sums in metrics of the user's own need.
Result<void> add_custom_losses(const ModelConfig& model, std::array<bool, kLosses>& losses) {
  for (const CustomMetric& metric : model.custom_metrics) {
    LW_TRY(const Expression expression, Expression::parse(metric.expression, total_names(model.task, {})));
    for (const auto& [name, loss] : metrics::kLossTotals) {
      const auto& used = expression.used();
      if (std::find(used.begin(), used.end(), name) != used.end()) losses[static_cast<std::size_t>(loss)] = true;
    }
  }
  return {};
}

Result<Wanted> wanted_of(const ModelConfig& model) {
  static constexpr std::pair<std::string_view, Loss> kNames[] = {
      {"mae", Loss::absolute},     {"mse", Loss::squared},      {"rmse", Loss::squared},
      {"mape", Loss::percentage},  {"msle", Loss::squared_log}, {"rmsle", Loss::squared_log},
      {"bias", Loss::signed_error}};
  LW_TRY(const auto metrics, chosen_metrics(model));
  Wanted out;
  for (const Metric* metric : metrics) {
    out.domain |= metric->name == "domain_classifier_auroc";
    if (metric->family != Family::estimated_performance || model.task != Task::regression) continue;
    if (metric->name == "custom") LW_CHECK(add_custom_losses(model, out.losses));
    for (const auto& [name, loss] : kNames) {
      if (metric->name == name) out.losses[static_cast<std::size_t>(loss)] = true;
    }
  }
  return out;
}

// Hands the cells of segments that are fitted apart to their tables; `all` stays.
template <class Part>
void hand_out(StateTable& whole, std::vector<Part>& parts, StateTable Part::*table) {
  if (parts.empty() || whole.losses.empty()) return;
  const auto slots = static_cast<std::ptrdiff_t>(whole.slots);
  for (std::size_t s = 0; s < parts.size(); ++s) {
    const auto begin = whole.losses.begin() + static_cast<std::ptrdiff_t>(s + 1) * slots;
    (parts[s].*table).losses.assign(std::make_move_iterator(begin), std::make_move_iterator(begin + slots));
  }
  whole.losses.resize(static_cast<std::size_t>(slots));
}

// Losses by cell of `chunks` and all segments, into the tables of a period and of its parts.
template <class Whole, class Part>
void set_losses(std::vector<LossState> losses, const ChunkPlan& chunks, Whole& whole, std::vector<Part>& parts) {
  if (losses.empty()) return;
  const auto slots = static_cast<std::int64_t>(chunks.chunks.size()) + 1;
  StateTable table;
  table.slots = slots;
  table.segments = static_cast<std::int64_t>(losses.size()) / slots;
  table.losses = std::move(losses);
  StateTable states, blocks;
  share_out(std::move(table), chunks.groups, states, blocks);
  whole.states.losses = std::move(states.losses);
  whole.blocks.losses = std::move(blocks.losses);
  hand_out(whole.states, parts, &Part::states);
  hand_out(whole.blocks, parts, &Part::blocks);
}

// Empty, or why rows of this source cannot be scored.
std::string unreadable(const std::vector<std::string>& names, const ReferenceProfile& profile,
                       const std::vector<std::string>& unusable) {
  for (std::size_t c = 0; c < profile.columns.size(); ++c) {
    const std::string& name = profile.columns[c].column.name;
    if (!unusable[c].empty() && std::find(names.begin(), names.end(), name) != names.end())
      return "undefined: column '" + name + "' cannot be read";
  }
  return "";
}

}  // namespace

Result<void> fit_row_estimators(const Source& source, const ChunkPlan& chunks, const ChunkPlan* blocks,
                                const SegmentPlan& segments, const ModelConfig& model, const Engine&,
                                const Control& control, ReferenceProfile& profile) {
  LW_TRY(const Wanted wanted, wanted_of(model));
  if (model.task == Task::regression) profile.losses.unusable = "undefined: not asked for";
  const bool losses = std::find(wanted.losses.begin(), wanted.losses.end(), true) != wanted.losses.end();
  if (!losses && !wanted.domain) return {};
  const auto& library = lightgbm();
  if (!library.ok()) {
    if (losses) profile.losses.unusable = lightgbm_missing();
    if (wanted.domain) profile.domain.unusable = lightgbm_missing();
    return {};
  }
  if (losses) {
    LW_TRY(LossFit fit,
           fit_losses({&library.value(), &source, &chunks, &segments, &profile, blocks}, wanted.losses, control));
    profile.losses = std::move(fit.losses);
    set_losses(std::move(fit.states), blocks == nullptr ? chunks : *blocks, profile, profile.parts);
  }
  for (ReferenceProfile& part : profile.parts) {
    part.losses = profile.losses;
    for (LossModel& of_loss : part.losses.models) of_loss.trees.clear();
  }
  if (!wanted.domain) return {};
  LW_TRY(DomainFit fit, fit_domain({&library.value(), &source, &chunks, &profile}, control));
  profile.domain = std::move(fit.domain);
  profile.states.domain = std::move(fit.scores);
  return {};
}

Result<void> run_row_estimators(const ReferenceProfile& profile, const ChunkPlan& split, const Engine&,
                                const Control& control, AnalysisStates& out) {
  out.losses_unusable = profile.losses.unusable;
  out.domain_unusable = profile.domain.unusable;
  if (out.losses_unusable.empty()) out.losses_unusable = unreadable(profile.losses.columns, profile, out.unusable);
  if (out.domain_unusable.empty()) out.domain_unusable = unreadable(profile.domain.columns, profile, out.unusable);
  if (!out.losses_unusable.empty() && !out.domain_unusable.empty()) return {};
  const auto& library = lightgbm();
  if (!library.ok()) {
    if (out.losses_unusable.empty()) out.losses_unusable = lightgbm_missing();
    if (out.domain_unusable.empty()) out.domain_unusable = lightgbm_missing();
    return {};
  }
  if (out.losses_unusable.empty()) {
    LW_TRY(auto losses,
           estimate_losses({&library.value(), out.source.get(), &split, &out.segments, &profile}, control));
    set_losses(std::move(losses), split, out, out.parts);
  }
  if (!out.domain_unusable.empty()) return {};
  LW_TRY(out.states.domain, score_domain({&library.value(), out.source.get(), &out.chunks, &profile}, control));
  return {};
}

}  // namespace longwatch
