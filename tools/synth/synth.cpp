// Checks the options, lays out the folder, and writes its tables in parallel.
#include "tools/synth/synth.hpp"

#include <tbb/parallel_for.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>
#include <vector>

#include "engine/base/text.hpp"
#include "tools/synth/columns.hpp"
#include "tools/synth/fleet_plan.hpp"
#include "tools/synth/table_file.hpp"

namespace longwatch {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> kTaskNames = {"binary", "multiclass", "regression", "mixed"};

Result<void> check(const SynthOptions& options) {
  const auto limited = [](const char* name, double value, double least, double greatest) -> Result<void> {
    if (value >= least && value <= greatest) return {};
    return Error{ErrorCode::usage,
                 std::string(name) + " is " + shortest(value),
                 {},
                 "it may be from " + shortest(least) + " to " + shortest(greatest)};
  };
  LW_CHECK(limited("models", options.models, 1, 100'000));
  LW_CHECK(limited("rows", static_cast<double>(options.rows), 1, 1e11));
  LW_CHECK(limited("features", options.features, 1, 10'000));
  LW_CHECK(limited("chunks", options.chunks, 1, 10'000));
  LW_CHECK(limited("drift", options.drift, 0, 1));
  LW_CHECK(limited("nulls", options.nulls, 0, 0.5));
  return limited("row groups", static_cast<double>(options.row_groups), 0, static_cast<double>(options.rows));
}

Result<void> make_folders(const std::string& folder, const std::vector<synth::Model>& fleet) {
  std::error_code code;
  const auto failed = [&](const std::string& what, const std::string& hint) {
    Error error{ErrorCode::output, what, {}, hint};
    error.where.file = folder;
    return error;
  };
  const bool ours =
      fs::exists(folder + "/truth.json", code) || (fs::is_directory(folder, code) && fs::is_empty(folder, code));
  if (fs::exists(folder, code) && !ours) {
    return failed("exists and is not a generated fleet", "choose another folder, or remove this one");
  }
  for (const synth::Model& model : fleet) {
    fs::create_directories(folder + "/data/" + model.name, code);
    if (code) return failed("cannot make folder: " + code.message(), "choose a folder you may write to");
  }
  return {};
}

std::string fleet_yaml(const std::vector<synth::Model>& fleet) {
  std::ostringstream out;
  out << "# A generated fleet; truth.json beside it tells what drifts.\n"
         "defaults:\n  timestamp: timestamp\n  id: id\n  chunk: 1d\n  segments: [region]\n"
         "  features: {exclude: [region]}\nmodels:\n";
  for (const synth::Model& model : fleet) {
    const std::string data = "data/" + model.name;
    out << "  " << model.name << ":\n    task: " << kTaskNames[static_cast<std::size_t>(model.task)]
        << "\n    reference: " << data << "/reference.parquet\n    analysis: " << data << "/analysis.parquet\n";
    if (model.task == SynthTask::binary) out << "    score: score\n";
    if (model.task == SynthTask::multiclass) out << "    score: {a: score_a, b: score_b, c: score_c}\n";
    out << "    prediction: prediction\n    target: target\n";
  }
  return out.str();
}

std::string truth_json(const SynthOptions& options, const std::vector<synth::Model>& fleet) {
  nlohmann::ordered_json drifts = nlohmann::ordered_json::array();
  for (const synth::Model& model : fleet) {
    for (const synth::Feature& feature : model.features) {
      if (feature.drift.kind == synth::DriftKind::none) continue;
      drifts.push_back({{"model", model.name},
                        {"column", feature.name},
                        {"kind", synth::drift_name(feature.drift.kind)},
                        {"first_chunk", feature.drift.first_chunk},
                        {"amount", feature.drift.amount}});
    }
  }
  const nlohmann::ordered_json truth = {
      {"seed", options.seed}, {"rows", options.rows}, {"chunks", options.chunks}, {"drifts", drifts}};
  return truth.dump(2) + "\n";
}

}  // namespace

Result<SynthTask> synth_task(const std::string& name) {
  for (std::size_t i = 0; i < kTaskNames.size(); ++i) {
    if (kTaskNames[i] == name) return static_cast<SynthTask>(i);
  }
  return Error{ErrorCode::usage, "unknown task '" + name + "'", {}, known_names_hint(name, kTaskNames)};
}

Result<void> write_fleet(const SynthOptions& options, const std::string& folder) {
  LW_CHECK(check(options));
  const std::vector<synth::Model> fleet = synth::plan_fleet(options);
  LW_CHECK(make_folders(folder, fleet));
  LW_CHECK(
      synth::write_text(folder + "/truth.json", truth_json(options, fleet)));  // first: it marks the folder as ours
  const std::int64_t group_rows =
      options.row_groups > 0 ? (options.rows + options.row_groups - 1) / options.row_groups : 131'072;
  std::vector<Result<void>> written(2 * fleet.size());
  tbb::parallel_for(std::size_t{0}, written.size(), [&](std::size_t task) {
    const synth::Model& model = fleet[task / 2];
    const bool analysis = task % 2 == 1;
    const std::string path = folder + "/data/" + model.name + (analysis ? "/analysis.parquet" : "/reference.parquet");
    const synth::Rows rows{analysis ? options.rows : 0, options.rows};
    written[task] = synth::write_table(path, synth::table_columns(options, model), rows, group_rows);
  });
  for (Result<void>& result : written) LW_CHECK(std::move(result));
  return synth::write_text(folder + "/fleet.yaml", fleet_yaml(fleet));
}

}  // namespace longwatch
