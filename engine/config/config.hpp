#pragma once
// What a user asks for: one fleet, its models, their columns, chunks, segments, thresholds and constraints.
// Plain data, produced by parse_config (YAML) and checked against a table by resolve (engine/config/resolve.hpp).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace longwatch {

enum class Task : std::uint8_t { none, binary, multiclass, regression };
inline bool is_classifier(Task task) { return task == Task::binary || task == Task::multiclass; }

enum class ChunkKind : std::uint8_t { size, number, period };
enum class PeriodUnit : std::uint8_t { hour, day, week, month, quarter, year };
enum class Incomplete : std::uint8_t { keep, append, drop };

/// How rows are split into chunks.
struct ChunkRule {
  ChunkKind kind = ChunkKind::number;
  std::int64_t count = 10;  ///< rows of a chunk (size), number of chunks (number), units of a period (period)
  PeriodUnit unit = PeriodUnit::day;
  std::string time_zone = "UTC";             ///< IANA name; calendar periods begin at its midnight
  Incomplete incomplete = Incomplete::keep;  ///< what becomes of a last chunk that is short (size only)
  bool operator==(const ChunkRule&) const = default;
};

enum class ThresholdKind : std::uint8_t { constant, standard_deviation, quantile, null };

/// A threshold rule. A missing side has no limit.
struct ThresholdRule {
  ThresholdKind kind = ThresholdKind::standard_deviation;
  std::optional<double>
      lower;  ///< constant: the limit; standard_deviation: the multiplier; quantile: the level in [0, 1]
  std::optional<double> upper;
  double rate = 0.01;                    ///< null: of false alarms, in chunks without change
  std::optional<double> minimum_effect;  ///< null: in the metric's unit; absent: the metric's own
  bool operator==(const ThresholdRule&) const = default;
};

/// A threshold for one metric, or for one metric of one column ("metric" or "metric@column"; * and ? allowed).
struct ThresholdEntry {
  std::string metric;
  std::string column;  ///< empty: every column
  ThresholdRule rule;
  bool operator==(const ThresholdEntry&) const = default;
};

enum class ConstraintKind : std::uint8_t { not_null, in_range, in_set, max_null_rate, unique };

/// A limit on a column that needs no reference and no threshold.
struct Constraint {
  ConstraintKind kind = ConstraintKind::not_null;
  std::string column;
  double lower = 0;                 ///< in_range, inclusive; -inf for none
  double upper = 0;                 ///< in_range, inclusive, +inf for none; max_null_rate: the rate
  std::vector<std::string> values;  ///< in_set, as category texts
  bool operator==(const Constraint&) const = default;
};

enum class FilterOperator : std::uint8_t {
  equals,
  not_equals,
  less_than,
  at_most,
  greater_than,
  at_least,
  in,
  not_in,
  missing,
  not_missing
};

/// The key of an operator; `missing: false` for not_missing.
const char* filter_operator_name(FilterOperator op);

/// A value of a condition as written; what it means depends on the column's type.
struct FilterValue {
  std::string text;
  bool quoted = false;
  bool operator==(const FilterValue&) const = default;
};

/// One condition of the row filter. Rows for which every condition holds are kept.
struct FilterCondition {
  std::string column;
  FilterOperator op = FilterOperator::equals;
  std::vector<FilterValue> values;  ///< in, not_in: any number; missing, not_missing: none; else one
  std::string entry;                ///< key path of its entry, e.g. "filter[0]"
  bool operator==(const FilterCondition&) const = default;
};

/// Binary: what one row of each outcome is worth; costs are negative.
struct OutcomeValues {
  double true_positive = 0, false_positive = 0, false_negative = 0, true_negative = 0;
  bool operator==(const OutcomeValues&) const = default;
};

/// A metric of the user's own: arithmetic over totals (see config/totals.hpp).
struct CustomMetric {
  std::string name;
  std::string expression;
  bool operator==(const CustomMetric&) const = default;
};

/// A table of labels, joined to the rows by id.
struct LabelsConfig {
  std::vector<std::string> files;  ///< paths or globs; empty: none
  std::string id;                  ///< its columns; empty: named as the model's
  std::string target;
  bool operator==(const LabelsConfig&) const = default;
};

/// A segment definition: the columns whose joint value makes the segment. Several columns are a crossing.
using SegmentDefinition = std::vector<std::string>;

/// What segments are fitted with.
enum class FitScope : std::uint8_t {
  shared,       ///< partitions, dictionaries and PCA of all rows
  per_segment,  ///< each with its own
};

/// What intervals take as independent of each other.
enum class ResampleUnit : std::uint8_t {
  rows,
  day,    ///< the rows of one day of the timestamp
  column  ///< the rows that share a value of a column
};

/// How intervals are made.
struct IntervalRule {
  bool bootstrap = false;         ///< of binary classifiers' performance; else by the formula each metric has
  std::int64_t resamples = 1000;  ///< of a bootstrap
  std::uint64_t seed = 0;
  ResampleUnit resample = ResampleUnit::rows;
  std::string block_column;  ///< with ResampleUnit::column
  bool operator==(const IntervalRule&) const = default;
};

/// One model, with the fleet's defaults already merged in. Positions are kept for messages only.
struct ModelConfig {
  std::string name;
  std::string version;  ///< free text, empty when not given
  Task task = Task::none;
  std::vector<std::string> reference;  ///< paths or globs
  std::vector<std::string> analysis;
  std::vector<FilterCondition> filter;  ///< of the rows of both periods
  std::string timestamp;                ///< empty: none
  std::string time_zone;                ///< for timestamps without a zone; empty: UTC
  std::string id;
  std::string prediction;
  std::string target;
  LabelsConfig labels;                              ///< of the analysis period
  LabelsConfig reference_labels;                    ///< of the reference
  std::map<std::string, std::string> label_map;     ///< labels of target and prediction -> what they stand for
  std::vector<std::string> scores;                  ///< binary: one column
  std::map<std::string, std::string> class_scores;  ///< multiclass: class -> score column
  std::string positive;                             ///< binary: the positive label's text; empty: "1"
  std::optional<double> cutoff;
  std::optional<std::vector<std::string>> features;  ///< absent: every column without a role
  std::vector<std::string> exclude_features;         ///< globs
  std::vector<std::string> treat_as_continuous;      ///< names or globs
  std::vector<std::string> treat_as_categorical;
  ChunkRule chunk;                           ///< of the analysis period
  std::optional<ChunkRule> reference_chunk;  ///< absent: the same rule
  std::vector<SegmentDefinition> segments;
  std::int64_t max_segments = 1000;  ///< per definition
  FitScope fit = FitScope::shared;
  std::vector<std::string> metrics;  ///< names or globs; empty: all
  std::vector<ThresholdEntry> thresholds;
  std::int64_t minimum_rows = 30;    ///< of a chunk, for a threshold `null`
  std::int64_t minimum_events = 10;  ///< likewise; see MetricValue::events
  std::vector<Constraint> constraints;
  std::optional<OutcomeValues> costs;                                ///< binary
  std::map<std::string, std::map<std::string, double>> class_costs;  ///< multiclass: true -> predicted -> value
  std::vector<CustomMetric> custom_metrics;
  std::int64_t pca_max_columns = 2000;
  double pca_variance = 0.65;     ///< share of variance kept
  std::int64_t quantiles = 1024;  ///< of a partition
  IntervalRule intervals;
  std::map<std::string, Location>
      places;  ///< key path (e.g. "timestamp", "constraints[0].column") -> where it was written
};

/// Where a key of a model was written, with the model's name; the name alone where it was not.
inline Location place_of(const ModelConfig& model, const std::string& key) {
  const auto place = model.places.find(key);
  Location where = place == model.places.end() ? Location() : place->second;
  where.model = model.name;
  return where;
}

/// A fleet: what one configuration file describes.
struct FleetConfig {
  std::string file;                 ///< as given by the user
  std::string base_folder;          ///< relative paths are relative to this (the file's folder)
  std::vector<ModelConfig> models;  ///< in the file's order; names are unique
};

/// Parses a fleet's YAML text. Every error names file, line and character, what was expected, and the nearest known
/// name.
/// ${NAME} and ${NAME:-default} are replaced from the environment in string values, after parsing.
Result<FleetConfig> parse_config(const std::string& text, const std::string& file);

/// Reads and parses a configuration file.
Result<FleetConfig> load_config(const std::string& file);

/// The JSON Schema (draft 2020-12) of a configuration, generated from the table that drives the parser.
std::string config_json_schema();

/// A canonical text of everything in `model` that changes results; equal texts mean equal fits.
std::string canonical_text(const ModelConfig& model);

/// The same of what changes only the results of the analysis, not a fit: how its labels are joined. Empty without any.
std::string canonical_analysis_text(const ModelConfig& model);

}  // namespace longwatch
