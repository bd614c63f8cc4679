#pragma once
// Collects what the models of a run give, and writes the result directory.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/analyze.hpp"
#include "engine/evaluate/evaluate.hpp"
#include "engine/explain/findings.hpp"
#include "engine/output/findings_file.hpp"
#include "engine/output/cutoffs_file.hpp"
#include "engine/output/publish.hpp"
#include "engine/output/result_table.hpp"
#include "engine/output/results_file.hpp"
#include "engine/output/run_record.hpp"
#include "engine/output/states_file.hpp"
#include "engine/run.hpp"

namespace longwatch {

/// All that a run learned of one model.
struct ModelResult {
  const ModelConfig* model = nullptr;
  ReferenceProfile profile;
  std::shared_ptr<Source> reference_source;  ///< null where the profile was made earlier
  std::optional<LabelJoin> reference_labels;
  std::optional<AnalysisStates> analysis;
  std::vector<Judged> judged;
  std::vector<Finding> findings;  ///< of `judged`
  std::vector<std::pair<std::string, double>> stages;  ///< name, seconds
};

/// "profiles/NAME.profile"-style file name of a model: bytes other than letters, digits, '-', '_' and '.' are written
/// %XX.
std::string profile_file_name(const std::string& model);

/// Models are added in the order of their names; a model's states are written and freed as it is added.
class Outputs {
 public:
  Outputs(const FleetConfig& fleet, const RunOptions& options, const Engine& engine, ResultDirectory& directory);
  Result<void> add(ModelResult result);
  void add_failure(const ModelConfig& model, Error error);
  /// Writes what is left and publishes; publishes nothing where every model failed.
  Result<RunSummary> finish();

 private:
  Result<void> open_files();
  Result<void> add_states(const ModelResult& result);
  Result<void> write_rows(const ModelResult& result, ModelOutcome& outcome);
  Result<void> write_alerts();
  void add_inputs(const std::vector<SourceFile>& files);
  void add_labels(const std::string& model, const LabelJoin& labels);
  void record(const ModelResult& result, const ModelOutcome& outcome);
  void record_trees(const ModelResult& result, ModelRecord& model);

  const RunOptions& options_;
  const Backend& backend_;
  const ChosenBackend* device_;
  ResultDirectory& directory_;
  std::chrono::steady_clock::time_point start_;
  std::string calendar_zone_;
  RunSummary summary_;
  RunRecord record_;
  TextPool pool_;
  std::vector<ResultRow> alerts_;
  std::vector<FindingRow> findings_;
  std::vector<CutoffRow> cutoffs_;
  std::vector<double> p_values_;          // of every test of the analysis, all models
  std::vector<std::size_t> alert_tests_;  // by alert: index into p_values_; SIZE_MAX where it is no test
  std::optional<ResultsFile> results_;
  std::optional<StatesFile> states_;
};

}  // namespace longwatch
