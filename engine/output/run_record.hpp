#pragma once
// run.json: what a run was, read, did and found, for people and programs.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/backend/mixed_backend.hpp"
#include "engine/base/result.hpp"
#include "engine/labels/label_counts.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// What happened to one model. Numbers of a failed model are what was known when it failed.
struct ModelRecord {
  std::string name;
  std::string version;
  std::string status = "ok";  ///< or "failed: ..."
  std::int64_t reference_rows = 0;
  std::int64_t analysis_rows = 0;
  std::int64_t rows_without_timestamp = 0;  ///< of the analysis
  std::int64_t rows_dropped = 0;
  std::int64_t reference_rows_filtered = 0;  ///< left out by the row filter
  std::int64_t analysis_rows_filtered = 0;
  std::int64_t rows_out_of_window = 0;                    ///< of the analysis, left out by `from` and `to`
  std::int64_t rows_out_of_window_without_timestamp = 0;  ///< of these: no usable timestamp
  std::optional<LabelCounts> reference_labels;  ///< where labels were joined
  std::optional<LabelCounts> analysis_labels;
  std::int64_t chunks = 0;
  std::int64_t segments = 0;
  std::int64_t columns = 0;
  std::vector<std::pair<std::string, std::string>> skipped_columns;  ///< name, reason
  std::int64_t pca_rank = 0;
  std::string pca_skipped;        ///< empty, or why there is no PCA
  std::string losses_skipped;     ///< regression: empty, or why no losses are estimated
  std::int64_t losses_rows = -1;  ///< that loss models were learned from; -1: none
  std::int64_t alerts = 0;
  std::vector<std::pair<std::string, double>> stages;  ///< name, seconds; in the order they ran
};

/// A whole run.
struct RunRecord {
  std::string longwatch;  ///< version of the program
  int profile_version = 0;
  std::string command;        ///< as typed
  std::string configuration;  ///< canonical text of the fleet
  std::string from, to;       ///< the range of time asked for, as typed; empty: no limit
  std::int64_t started = 0;   ///< microseconds UTC
  double seconds = 0;
  int threads = 0;
  std::string device;                  ///< Backend::description()
  std::string device_reason;           ///< why it was this one
  std::vector<std::string> fallbacks;  ///< what ran elsewhere than asked, and why
  std::vector<std::pair<std::string, WorkRates>> rates;  ///< of the backends that shared the work, at start-up
  std::vector<WorkDone> work;                            ///< what each of these did
  std::string lightgbm_file;           ///< the library of boosted trees; empty: not needed, or not there
  std::string lightgbm_missing;        ///< why it could not be opened
  std::vector<SourceFile> inputs;
  std::vector<ModelRecord> models;
  std::vector<std::string> warnings;
};

/// What tells runs apart besides their inputs: the configuration and the range of time.
std::string run_settings(const RunRecord& run);

/// 16 hexadecimal digits of a hash of the configuration and the inputs' fingerprints, rows and sizes: same inputs, same
/// id, in whatever order they are listed and wherever they lie.
std::string run_id(const std::string& configuration, std::span<const SourceFile> inputs);

/// The text of run.json: JSON, two blanks of indent, members in a fixed order. Bytes that are not UTF-8 become \xHH.
std::string to_json(const RunRecord& run);

}  // namespace longwatch
