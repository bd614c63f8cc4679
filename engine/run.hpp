#pragma once
// A run over a fleet: what the command line, Python and the tests call.

#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/base/progress.hpp"
#include "engine/config/config.hpp"
#include "engine/device.hpp"

namespace longwatch {

enum class RunKind : std::uint8_t {
  run,      ///< fit and analyse
  fit,      ///< reference profiles only
  analyze,  ///< with profiles made earlier
};

struct RunOptions {
  RunKind kind = RunKind::run;
  std::string output;               ///< result directory
  std::string profiles;             ///< analyze: the folder of MODEL.profile files
  std::vector<std::string> models;  ///< names or globs; empty: all
  std::string from, to;             ///< ISO 8601: only analysis rows with from <= timestamp < to; empty: no limit
  int threads = 0;                  ///< 0: as many as the machine has
  DeviceChoice device;                ///< what computes; changes no result
  VectorLevel level = VectorLevel::best;
  bool keep_states = false;                ///< write states.parquet
  std::int64_t slab_rows = 0;              ///< rows decoded at a time; 0: chosen. Changes no result
  std::int64_t unique_memory = 256 << 20;  ///< bytes for checking uniqueness before it goes to disk; changes no result
  std::int64_t labels_memory = 256 << 20;  ///< bytes for joining labels before they go to disk; changes no result
  std::int64_t segment_memory = std::int64_t{2} << 30;  ///< bytes for rows held by segment; changes no result
  std::string command;                                  ///< for the run's record
};

/// One alert of the analysis period, for the screen.
struct AlertLine {
  std::string model, segment, chunk, column, metric;
  double value = 0, lower = 0, upper = 0;
  const char* family = "";  ///< of static storage
  std::string columns;      ///< of an alert on performance: the three columns that may explain it best
};

/// A model's headline metric (binary, multiclass: roc_auc; regression: mae) in one chunk of the analysis, all rows, for
/// the screen. NaN is unknown.
struct PerformanceLine {
  std::string chunk;
  double estimated = 0, estimated_lower = 0, estimated_upper = 0;  ///< with the interval of these very rows
  double realized = 0, realized_lower = 0, realized_upper = 0;     ///< with its confidence interval
  double labels_rate = 0;
  bool alert = false;
};

struct ModelOutcome {
  std::string model;
  std::string failure;  ///< empty, or the error's text
  ErrorCode code = ErrorCode::internal;
  std::int64_t reference_rows = 0, analysis_rows = 0;
  std::size_t chunks = 0, segments = 0, columns = 0;
  std::int64_t alerts = 0;      ///< in the analysis period, all segments
  std::int64_t alerts_all = 0;  ///< in the segment `all`
  std::string headline;                      ///< the metric of `performance`
  std::vector<PerformanceLine> performance;  ///< by chunk; empty where the model has none
};

struct RunSummary {
  std::vector<ModelOutcome> models;
  std::vector<AlertLine> alerts;  ///< of the segment `all`, in result order
  std::int64_t result_rows = 0;
  std::int64_t alert_rows = 0;
  double seconds = 0;
  std::string device_warning;  ///< why a device that was wanted was not used; empty: nothing to say

  [[nodiscard]] std::size_t failed() const;
};

/// Runs the chosen models one after another, each on all threads, and publishes the result directory. A model that
/// fails does not stop the others; where all fail nothing is published and the summary says so. Errors: no model
/// chosen, the output refused, out of disk, cancelled.
Result<RunSummary> run_fleet(const FleetConfig& fleet, const RunOptions& options, const Control& control);

/// Checks configuration against data without computing: every model's columns, row filter, chunks rule, metrics and
/// thresholds, for the models and the range of time of `options`. Returns all problems found.
std::vector<Error> validate_fleet(const FleetConfig& fleet, const RunOptions& options);

}  // namespace longwatch
