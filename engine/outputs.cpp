// One model's rows and states are written and freed before the next one is read.
#include "engine/outputs.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "engine/alert/multiple_tests.hpp"
#include "engine/base/text.hpp"
#include "engine/cutoffs.hpp"
#include "engine/evaluate/performance_warnings.hpp"
#include "engine/evaluate/score_warnings.hpp"
#include "engine/rows.hpp"
#include "engine/trees/lightgbm.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kShownColumns = 3;

std::string zones_of(const FleetConfig& fleet) {
  std::set<std::string> zones;
  for (const ModelConfig& model : fleet.models)
    zones.insert(model.chunk.time_zone.empty() ? "UTC" : model.chunk.time_zone);
  std::string out;
  for (const std::string& zone : zones) out += (out.empty() ? "" : ",") + zone;
  return out;
}

std::string canonical_fleet(const FleetConfig& fleet) {
  std::string out;
  for (const ModelConfig& model : fleet.models)
    out += model.name + "\n" + canonical_text(model) + canonical_analysis_text(model) + "\n";
  return out;
}

std::int64_t now_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

FindingRow finding_row(const Finding& finding, const std::vector<ResultRow>& rows, std::uint32_t alert, Text column) {
  FindingRow out;
  out.alert = alert;
  out.column = column;
  out.rank = finding.rank;
  out.change = finding.change;
  out.column_alert = finding.column_alert;
  out.column_alerts = finding.column_alerts;
  out.correlation = finding.correlation;
  out.correlation_p_value = finding.p_value;
  out.rank_by_alerts = finding.rank_by_alerts;
  out.rank_by_correlation = finding.rank_by_correlation;
  if (finding.drift == Finding::kNone) return out;
  const ResultRow& drift = rows[finding.drift];
  out.drift_metric = drift.metric;
  out.drift_value = drift.value;
  out.drift_lower = drift.threshold_lower;
  out.drift_upper = drift.threshold_upper;
  return out;
}

const char* headline_of(Task task) {
  switch (task) {
    case Task::binary:
    case Task::multiclass:
      return "roc_auc";
    case Task::regression:
      return "mae";
    case Task::none:
      break;
  }
  return "";
}

// The rows of a model's headline metric, all rows of the analysis, chunk by chunk.
void add_performance(const std::vector<ResultRow>& rows, ModelOutcome& outcome) {
  std::map<std::int64_t, PerformanceLine> lines;
  for (const ResultRow& row : rows) {
    const std::string_view family = row.family;
    const bool estimated = family == family_name(Family::estimated_performance);
    const bool realized = family == family_name(Family::realized_performance);
    const bool wanted = (estimated || realized) && row.metric.view() == outcome.headline && row.period[0] == 'a';
    if (!wanted || !row.segment_column.empty() || row.chunk_index < 0) continue;
    const auto [at, fresh] = lines.try_emplace(row.chunk_index);
    PerformanceLine& line = at->second;
    if (fresh) line = {std::string(row.chunk_key.view()), kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, false};
    line.labels_rate = row.labels_rate;
    line.alert = line.alert || row.alert == 1;
    if (estimated) {
      std::tie(line.estimated, line.estimated_lower, line.estimated_upper) =
          std::tuple(row.value, row.pi_lower, row.pi_upper);
    } else {
      std::tie(line.realized, line.realized_lower, line.realized_upper) =
          std::tuple(row.value, row.ci_lower, row.ci_upper);
    }
  }
  for (auto& [index, line] : lines) {
    if (!std::isnan(line.estimated) || !std::isnan(line.realized)) outcome.performance.push_back(std::move(line));
  }
}

AlertLine line_of(const ResultRow& row) {
  const auto text = [](Text t) { return std::string(t.view()); };
  return {text(row.model), text(row.segment_value), text(row.chunk_key), text(row.column), text(row.metric),
          row.value,       row.threshold_lower,     row.threshold_upper, row.family, ""};
}

}  // namespace

std::string profile_file_name(const std::string& model) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : model) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 128 && (std::isalnum(byte) != 0 || c == '-' || c == '_' || (c == '.' && !out.empty()));
    if (plain) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out + ".profile";
}

Outputs::Outputs(const FleetConfig& fleet, const RunOptions& options, const Engine& engine, ResultDirectory& directory)
    : options_(options),
      backend_(*engine.backend),
      device_(engine.device),
      directory_(directory),
      start_(std::chrono::steady_clock::now()),
      calendar_zone_(zones_of(fleet)) {
  record_.longwatch = LONGWATCH_VERSION;
  record_.profile_version = ReferenceProfile::kVersion;
  record_.command = options.command;
  record_.configuration = canonical_fleet(fleet);
  record_.from = options.from;
  record_.to = options.to;
  record_.started = now_micros();
  record_.threads = engine.threads;
  record_.device = engine.backend->description();
  if (engine.device == nullptr) return;
  record_.device_reason = engine.device->reason;
  record_.rates = engine.device->rates;
}

Result<void> Outputs::open_files() {
  if (options_.kind == RunKind::fit || results_) return {};
  LW_TRY(const std::string path, directory_.reserve("results.parquet"));
  LW_TRY(auto results, ResultsFile::create(path, calendar_zone_));
  results_.emplace(std::move(results));
  if (!options_.keep_states) return {};
  LW_TRY(const std::string states_path, directory_.reserve("states.parquet"));
  LW_TRY(auto states, StatesFile::create(states_path));
  states_.emplace(std::move(states));
  return {};
}

Result<void> Outputs::add(ModelResult result) {
  LW_CHECK(open_files());
  const ReferenceProfile& profile = result.profile;
  ModelOutcome outcome;
  outcome.model = result.model->name;
  outcome.reference_rows = profile.rows;
  outcome.columns = profile.columns.size();
  outcome.segments = profile.segments.segments.size();
  outcome.chunks = profile.chunks.size();
  if (result.analysis) {
    outcome.analysis_rows = result.analysis->source->rows();
    outcome.chunks = result.analysis->chunks.chunks.size();
    outcome.segments = result.analysis->segments.segments.size();
    LW_CHECK(write_rows(result, outcome));
  }
  LW_CHECK(directory_.write("profiles/" + profile_file_name(result.model->name), profile.serialize()));
  if (states_) {
    LW_CHECK(add_states(result));
  }
  record(result, outcome);
  summary_.models.push_back(std::move(outcome));
  return {};
}

// Segments that were fitted apart are sets of their own.
Result<void> Outputs::add_states(const ModelResult& result) {
  const ReferenceProfile& profile = result.profile;
  const AnalysisStates& analysis = *result.analysis;
  const auto alone = [&](std::size_t part) { return SegmentPlan{{}, {analysis.segments.segments[part + 1]}}; };
  LW_CHECK(states_->add({profile.model, "reference", &profile.states, &profile.columns, &profile.chunks,
                         &profile.segments, &profile.gram}));
  for (std::size_t i = 0; i < profile.parts.size(); ++i) {
    const SegmentPlan segment = alone(i);
    const ReferenceProfile& part = profile.parts[i];
    LW_CHECK(
        states_->add({profile.model, "reference", &part.states, &part.columns, &profile.chunks, &segment, &part.gram}));
  }
  LW_CHECK(states_->add({profile.model, "analysis", &analysis.states, &profile.columns, &analysis.chunks.chunks,
                         &analysis.segments, nullptr}));
  for (std::size_t i = 0; i < analysis.parts.size(); ++i) {
    const SegmentPlan segment = alone(i);
    LW_CHECK(states_->add({profile.model, "analysis", &analysis.parts[i].states, &profile.columns,
                           &analysis.chunks.chunks, &segment, nullptr}));
  }
  return {};
}

Result<void> Outputs::write_rows(const ModelResult& result, ModelOutcome& outcome) {
  const std::vector<ResultRow> rows =
      result_rows(*result.model, result.profile, &*result.analysis, result.judged, pool_);
  std::size_t finding = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ResultRow& row = rows[i];
    if (row.period[0] != 'a') continue;  // tests and alerts are of the analysis period
    const bool test = !std::isnan(row.p_value);
    if (test) p_values_.push_back(row.p_value);
    if (row.alert != 1) continue;
    std::string columns;
    // The rows of judged values come first and in their order.
    for (; finding < result.findings.size() && result.findings[finding].alert == i; ++finding) {
      const Finding& found = result.findings[finding];
      const std::string& name = result.profile.columns[static_cast<std::size_t>(found.column)].column.name;
      findings_.push_back(
          finding_row(found, rows, static_cast<std::uint32_t>(alerts_.size()), pool_.intern(name)));
      if (found.rank <= kShownColumns) columns += (columns.empty() ? "" : ", ") + name;
    }
    alert_tests_.push_back(test ? p_values_.size() - 1 : SIZE_MAX);
    alerts_.push_back(row);
    ++outcome.alerts;
    if (!row.segment_column.empty()) continue;
    ++outcome.alerts_all;
    summary_.alerts.push_back(line_of(row));
    summary_.alerts.back().columns = std::move(columns);
  }
  outcome.headline = headline_of(result.model->task);
  add_performance(rows, outcome);
  summary_.result_rows += static_cast<std::int64_t>(rows.size());
  std::vector<CutoffRow> cutoffs = cutoff_rows(*result.model, result.profile, *result.analysis, pool_);
  std::move(cutoffs.begin(), cutoffs.end(), std::back_inserter(cutoffs_));
  return results_->add(rows);
}

void Outputs::add_inputs(const std::vector<SourceFile>& files) {
  for (const SourceFile& file : files) {
    const auto same = [&](const SourceFile& known) { return known.path == file.path; };
    if (std::none_of(record_.inputs.begin(), record_.inputs.end(), same)) record_.inputs.push_back(file);
  }
}

void Outputs::add_labels(const std::string& model, const LabelJoin& labels) {
  add_inputs(labels.files);
  for (const std::string& warning : labels.warnings) record_.warnings.push_back("model '" + model + "': " + warning);
}

void Outputs::record(const ModelResult& result, const ModelOutcome& outcome) {
  ModelRecord model;
  model.name = outcome.model;
  model.version = result.model->version;
  model.reference_rows = outcome.reference_rows;
  model.analysis_rows = outcome.analysis_rows;
  model.chunks = static_cast<std::int64_t>(outcome.chunks);
  model.segments = static_cast<std::int64_t>(outcome.segments);
  model.columns = static_cast<std::int64_t>(outcome.columns);
  model.alerts = outcome.alerts;
  model.stages = result.stages;
  model.pca_rank = result.profile.pca.rank;
  model.pca_skipped = result.analysis ? result.analysis->pca_unusable : result.profile.pca.skipped;
  record_trees(result, model);
  for (std::size_t c = 0; c < result.profile.columns.size(); ++c) {
    const std::string& why = result.analysis ? result.analysis->unusable[c] : result.profile.columns[c].usable;
    if (!why.empty()) model.skipped_columns.emplace_back(result.profile.columns[c].column.name, why);
  }
  if (result.reference_source) add_inputs(result.reference_source->files());
  if (result.reference_labels) add_labels(outcome.model, *result.reference_labels);
  model.reference_labels = result.profile.labels;
  model.reference_rows_filtered = result.profile.rows_filtered;
  if (result.analysis) {
    model.rows_without_timestamp = result.analysis->chunks.rows_without_timestamp;
    model.rows_dropped = result.analysis->chunks.rows_dropped;
    model.analysis_rows_filtered = result.analysis->counts.filtered;
    model.rows_out_of_window = result.analysis->counts.outside;
    model.rows_out_of_window_without_timestamp = result.analysis->counts.without_timestamp;
    add_inputs(result.analysis->source->files());
    if (result.analysis->labels) {
      model.analysis_labels = result.analysis->labels->counts;
      add_labels(outcome.model, *result.analysis->labels);
    }
    for (const std::string& warning : score_warnings(*result.model, result.profile, result.analysis->states))
      record_.warnings.push_back("model '" + outcome.model + "': " + warning);
    for (const std::string& warning : performance_warnings(result.judged, result.analysis->chunks.chunks))
      record_.warnings.push_back("model '" + outcome.model + "': " + warning);
    for (const SchemaChange& change : result.analysis->schema_changes) {
      record_.warnings.push_back("model '" + outcome.model + "': column '" + change.column + "' " +
                                 (change.before.empty()  ? "is new (" + change.after + ")"
                                  : change.after.empty() ? "is missing from the analysis data"
                                                         : "changed from " + change.before + " to " + change.after));
    }
  }
  record_.models.push_back(std::move(model));
}

// What became of the estimators that need boosted trees, and where those came from.
void Outputs::record_trees(const ModelResult& result, ModelRecord& model) {
  const std::string& losses = result.analysis ? result.analysis->losses_unusable : result.profile.losses.unusable;
  const std::string& domain = result.analysis ? result.analysis->domain_unusable : result.profile.domain.unusable;
  if (result.model->task == Task::regression) {
    model.losses_skipped = losses;
    if (losses.empty()) model.losses_rows = result.profile.losses.training_rows;
  }
  if (losses.empty() || domain.empty()) {
    if (lightgbm().ok()) record_.lightgbm_file = lightgbm().value().file;
  } else if ((losses == lightgbm_missing() || domain == lightgbm_missing()) && record_.lightgbm_missing.empty() &&
             !lightgbm().ok()) {
    record_.lightgbm_missing = lightgbm().error().what;
    record_.warnings.push_back(lightgbm().error().text());
  }
}

void Outputs::add_failure(const ModelConfig& model, Error error) {
  error.where.model = model.name;
  ModelOutcome outcome;
  outcome.model = model.name;
  outcome.failure = error.text();
  outcome.code = error.code;
  ModelRecord record;
  record.name = model.name;
  record.version = model.version;
  record.status = "failed: " + outcome.failure;
  record_.models.push_back(std::move(record));
  summary_.models.push_back(std::move(outcome));
}

Result<void> Outputs::write_alerts() {
  const std::vector<double> q = q_values(p_values_);
  for (std::size_t i = 0; i < alerts_.size(); ++i) {
    if (alert_tests_[i] != SIZE_MAX) alerts_[i].fleet_q_value = q[alert_tests_[i]];
  }
  LW_TRY(const std::string alerts, encode_alerts(alerts_));
  LW_CHECK(directory_.write("alerts.parquet", alerts));
  LW_TRY(const std::string findings, encode_findings(alerts_, std::move(findings_)));
  LW_CHECK(directory_.write("findings.parquet", findings));
  summary_.alert_rows = static_cast<std::int64_t>(alerts_.size());
  if (cutoffs_.empty()) return {};
  LW_TRY(const std::string cutoffs, encode_cutoffs(cutoffs_));
  LW_CHECK(directory_.write("cutoffs.parquet", cutoffs));
  return {};
}

Result<RunSummary> Outputs::finish() {
  summary_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  if (summary_.failed() == summary_.models.size()) return std::move(summary_);
  if (results_) {
    LW_CHECK(results_->finish());
    LW_CHECK(write_alerts());
  }
  if (states_) LW_CHECK(states_->finish());
  record_.seconds = summary_.seconds;
  record_.fallbacks = backend_.fallbacks();
  if (device_ != nullptr && device_->mixed != nullptr) record_.work = device_->mixed->done();
  LW_CHECK(directory_.write("run.json", to_json(record_)));
  LW_CHECK(directory_.publish());
  return std::move(summary_);
}

}  // namespace longwatch
