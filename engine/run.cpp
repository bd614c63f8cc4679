// The main flow: for each model learn the reference, read the analysis data, evaluate, make rows; then publish all at
// once.
#include "engine/run.hpp"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <thread>

#include "engine/analyze.hpp"
#include "engine/base/text.hpp"
#include "engine/chunk/blocks.hpp"
#include "engine/evaluate/judge.hpp"
#include "engine/evaluate/unique_values.hpp"
#include "engine/fit.hpp"
#include "engine/in_order.hpp"
#include "engine/output/publish.hpp"
#include "engine/outputs.hpp"
#include "engine/parts.hpp"
#include "engine/rows.hpp"

namespace longwatch {
namespace {

// Decoded reference columns kept between the passes of a fit.
constexpr std::int64_t kColumnBytes = std::int64_t{336} << 20;

// The chosen models, in the order of their names: the order of the results.
Result<std::vector<const ModelConfig*>> chosen_models(const FleetConfig& fleet,
                                                      const std::vector<std::string>& patterns) {
  std::vector<const ModelConfig*> out;
  for (const ModelConfig& model : fleet.models) {
    const bool wanted = patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) {
                          return glob_match(p, model.name);
                        });
    if (wanted) out.push_back(&model);
  }
  if (out.empty()) {
    std::vector<std::string> names;
    for (const ModelConfig& model : fleet.models) names.push_back(model.name);
    return Error{ErrorCode::usage,
                 "no model matches",
                 {.file = fleet.file},
                 patterns.empty() ? "" : known_names_hint(patterns.front(), names)};
  }
  std::sort(out.begin(), out.end(), [](const ModelConfig* a, const ModelConfig* b) { return a->name < b->name; });
  return out;
}

Result<ReferenceProfile> load_profile(const ModelConfig& model, const std::string& folder) {
  const std::string path = folder + "/" + profile_file_name(model.name);
  LW_TRY(const std::string bytes, read_file(path));
  LW_TRY(ReferenceProfile profile, ReferenceProfile::deserialize(bytes, path));
  if (profile.configuration != canonical_text(model)) {
    return Error{ErrorCode::configuration,
                 "the profile was fitted with another configuration",
                 {.file = path},
                 "run `longwatch fit` again"};
  }
  return profile;
}

// Notes how long the stages of a model took.
class StageClock {
 public:
  explicit StageClock(std::vector<std::pair<std::string, double>>& stages) : stages_(stages) {}
  void ended(const char* stage) {
    const auto now = std::chrono::steady_clock::now();
    stages_.emplace_back(stage, std::chrono::duration<double>(now - begun_).count());
    begun_ = now;
  }

 private:
  std::vector<std::pair<std::string, double>>& stages_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// source -> chunk -> state -> metric -> threshold, for one model.
Result<ModelResult> run_model(const FleetConfig& fleet, const ModelConfig& model, const RunOptions& options,
                              const Engine& engine, const Control& control) {
  LW_TRY(const auto metrics, chosen_metrics(model));
  ModelResult result;
  result.model = &model;
  StageClock clock(result.stages);
  if (options.kind == RunKind::analyze) {
    LW_TRY(result.profile, load_profile(model, options.profiles));
  } else {
    LW_TRY(FitResult fitted, fit_model(fleet, model, engine, control));
    result.profile = std::move(fitted.profile);
    result.reference_source = std::move(fitted.source);
    result.reference_labels = std::move(fitted.labels);
    clock.ended("fit");
  }
  if (options.kind != RunKind::fit) {
    if (model.analysis.empty()) {
      return Error{ErrorCode::configuration,
                   "the model has no analysis data",
                   {.file = fleet.file},
                   "add analysis: PATH, or run `longwatch fit`"};
    }
    LW_TRY(result.analysis, analyze_model(fleet, model, result.profile, engine, control));
    clock.ended("analyze");
    result.judged = evaluate_model(model, result.profile, *result.analysis, metrics, *engine.backend);
    std::vector<Judged> unique = judge_unique(model, result.profile, result.analysis->unique, metrics);
    std::move(unique.begin(), unique.end(), std::back_inserter(result.judged));
    decide_alerts(result.judged);
    std::vector<std::string> columns;
    for (const ColumnProfile& column : result.profile.columns) columns.push_back(column.column.name);
    result.findings = find_explanations(result.judged, columns);
    clock.ended("evaluate");
  }
  return result;
}

// Whether a model may run beside others: its states are small where it has no segments, its data where its files are.
bool runs_beside_others(const FleetConfig& fleet, const ModelConfig& model) {
  constexpr std::int64_t kSmallInput = std::int64_t{64} << 20;
  return model.segments.empty() &&
         input_bytes(model.reference, fleet.base_folder) + input_bytes(model.analysis, fleet.base_folder) <=
             kSmallInput;
}

// Runs models[from ...) that may run side by side, or the first alone; results reach `outputs` in order. Returns the
// number of models done.
Result<std::size_t> run_some(const FleetConfig& fleet, std::span<const ModelConfig* const> models,
                             const RunOptions& options, const Engine& engine, const Control& control,
                             Outputs& outputs) {
  std::size_t count = 0;
  while (count < models.size() && runs_beside_others(fleet, *models[count])) ++count;
  count = std::max<std::size_t>(count, 1);
  std::optional<Error> fatal;
  run_in_order(
      count,
      [&](std::size_t i) {
        return tbb::this_task_arena::isolate([&] { return run_model(fleet, *models[i], options, engine, control); });
      },
      [&](std::size_t i, Result<ModelResult> result) {
        auto done = result.ok() ? outputs.add(std::move(result).value()) : Result<void>(std::move(result.error()));
        if (done.ok()) return true;
        if (done.error().code == ErrorCode::cancelled || done.error().code == ErrorCode::output) {
          fatal = std::move(done.error());
          return false;
        }
        outputs.add_failure(*models[i], std::move(done.error()));
        return true;
      });
  if (fatal) return std::move(*fatal);
  return count;
}

}  // namespace

std::size_t RunSummary::failed() const {
  return static_cast<std::size_t>(
      std::count_if(models.begin(), models.end(), [](const ModelOutcome& m) { return !m.failure.empty(); }));
}

Result<RunSummary> run_fleet(const FleetConfig& fleet, const RunOptions& options, const Control& control) {
  LW_TRY(const auto models, chosen_models(fleet, options.models));
  LW_TRY(TimeWindow window, parse_window(options.from, options.to));
  LW_TRY(const ChosenBackend chosen, choose_backend(options.device, options.level));
  LW_TRY(ResultDirectory directory, ResultDirectory::begin(options.output));
  const int threads =
      options.threads > 0 ? options.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  const Engine engine{chosen.backend.get(),
                      threads,
                      {},
                      options.slab_rows,
                      std::make_shared<MemoryBudget>(kColumnBytes),
                      {options.unique_memory, ""},
                      options.segment_memory,
                      std::move(window),
                      {options.labels_memory, ""},
                      &chosen};
  Outputs outputs(fleet, options, engine, directory);
  for (std::size_t at = 0; at < models.size();) {
    const auto rest = std::span(models).subspan(at);
    LW_TRY(const std::size_t done,
           arena.execute([&] { return run_some(fleet, rest, options, engine, control, outputs); }));
    at += done;
  }
  LW_TRY(RunSummary summary, arena.execute([&] { return outputs.finish(); }));
  summary.device_warning = chosen.warning;
  return summary;
}

std::vector<Error> validate_fleet(const FleetConfig& fleet, const RunOptions& options) {
  std::vector<Error> problems;
  auto models = chosen_models(fleet, options.models);
  if (!models.ok()) return {models.error()};
  auto window = parse_window(options.from, options.to);
  if (!window.ok()) return {window.error()};
  const auto check = [&](const ModelConfig& model, auto&& result) {
    if (result.ok()) return true;
    problems.push_back(result.error());
    if (problems.back().where.model.empty()) problems.back().where.model = model.name;
    const auto same = [&](const Error& error) { return error.text() == problems.back().text(); };
    if (std::any_of(problems.begin(), problems.end() - 1, same)) problems.pop_back();
    return false;
  };
  for (const ModelConfig* model : models.value()) {
    check(*model, chosen_metrics(*model));
    const auto reference = open_reference(fleet, *model, {.join = false}, {});
    if (!check(*model, reference)) continue;
    const Source& rows = *reference.value().source;
    if (!check(*model, resolve_model(*model, rows))) continue;
    check(*model, plan_model_chunks(rows, *model, model->reference_chunk.value_or(model->chunk)));
    check(*model, plan_segments(rows, model->segments, model->max_segments));
    if (model->analysis.empty()) continue;
    const auto analysis = open_analysis(fleet, *model, window.value(), {.join = false}, {});
    if (!check(*model, analysis)) continue;
    check(*model, plan_model_chunks(*analysis.value().source, *model, model->chunk));
    check(*model, check_blocks(*analysis.value().source, *model));
  }
  return problems;
}

}  // namespace longwatch
