// The canonical text of a model: one line a member that changes results.

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/config/config.hpp"

namespace longwatch {
namespace {

std::string quote(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string list(std::vector<std::string> texts, bool sorted) {
  if (sorted) std::sort(texts.begin(), texts.end());
  std::string out = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) out += (i == 0 ? "" : ",") + quote(texts[i]);
  return out + "]";
}

std::string optional(const std::optional<double>& value) { return value ? shortest(*value) : "none"; }

std::string rule(const ChunkRule& chunk) {
  static constexpr const char* kKinds[] = {"size", "number", "period"};
  static constexpr const char* kUnits[] = {"hour", "day", "week", "month", "quarter", "year"};
  static constexpr const char* kIncomplete[] = {"keep", "append", "drop"};
  std::string out = kKinds[static_cast<int>(chunk.kind)] + std::string(" ") + std::to_string(chunk.count);
  if (chunk.kind == ChunkKind::period)
    out += std::string(" ") + kUnits[static_cast<int>(chunk.unit)] + " " + quote(chunk.time_zone);
  if (chunk.kind != ChunkKind::period) out += std::string(" ") + kIncomplete[static_cast<int>(chunk.incomplete)];
  return out;
}

// Which files they are does not matter, as with the data.
std::string labels_text(const char* key, const ModelConfig& model, const LabelsConfig& labels) {
  if (labels.files.empty()) return "";
  return std::string(key) + " " + quote(labels.id.empty() ? model.id : labels.id) + " " +
         quote(labels.target.empty() ? model.target : labels.target) + "\n";
}

std::string columns_text(const ModelConfig& model) {
  static constexpr const char* kTasks[] = {"none", "binary", "multiclass", "regression"};
  std::string out;
  out += std::string("task ") + kTasks[static_cast<int>(model.task)] + "\n";
  out += "timestamp " + quote(model.timestamp) + "\n";
  out += "time_zone " + quote(model.time_zone.empty() ? "UTC" : model.time_zone) + "\n";
  out += "id " + quote(model.id) + "\n";
  out += "prediction " + quote(model.prediction) + "\n";
  out += "target " + quote(model.target) + "\n";
  out += "scores " + list(model.scores, false) + "\n";
  for (const auto& [label, column] : model.class_scores)
    out += "class_score " + quote(label) + " " + quote(column) + "\n";
  out += "positive " + quote(model.positive.empty() ? "1" : model.positive) + "\n";
  for (const auto& [label, meant] : model.label_map) out += "label_map " + quote(label) + " " + quote(meant) + "\n";
  out += labels_text("reference_labels", model, model.reference_labels);
  out += "cutoff " + optional(model.cutoff) + "\n";
  out += "features " + (model.features ? list(*model.features, true) : "all") + "\n";
  out += "exclude " + list(model.exclude_features, true) + "\n";
  out += "continuous " + list(model.treat_as_continuous, true) + "\n";
  out += "categorical " + list(model.treat_as_categorical, true) + "\n";
  return out;
}

// In no order, as the conditions are.
std::string filter_text(const ModelConfig& model) {
  std::vector<std::string> lines;
  for (const FilterCondition& condition : model.filter) {
    std::vector<std::string> values;
    for (const FilterValue& value : condition.values) values.push_back(value.text);
    lines.push_back("filter " + quote(condition.column) + " " + filter_operator_name(condition.op) + " " +
                    list(values, true) + "\n");
  }
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const std::string& line : lines) out += line;
  return out;
}

std::string limits_text(const ModelConfig& model) {
  static constexpr const char* kThresholds[] = {"constant", "standard_deviation", "quantile", "null"};
  static constexpr const char* kConstraints[] = {"not_null", "in_range", "in_set", "max_null_rate", "unique"};
  std::string out;
  for (const ThresholdEntry& entry : model.thresholds) {
    out += "threshold " + quote(entry.metric) + " " + quote(entry.column) + " " +
           kThresholds[static_cast<int>(entry.rule.kind)] + " " + optional(entry.rule.lower) + " " +
           optional(entry.rule.upper);
    if (entry.rule.kind == ThresholdKind::null)
      out += " " + shortest(entry.rule.rate) + " " + optional(entry.rule.minimum_effect);
    out += "\n";
  }
  out += "minimum " + std::to_string(model.minimum_rows) + " " + std::to_string(model.minimum_events) + "\n";
  for (const Constraint& constraint : model.constraints) {
    out += "constraint " + quote(constraint.column) + " " + kConstraints[static_cast<int>(constraint.kind)] + " " +
           shortest(constraint.lower) + " " + shortest(constraint.upper) + " " + list(constraint.values, true) + "\n";
  }
  return out;
}

// Left out where there is nothing, as it was before.
std::string values_text(const ModelConfig& model) {
  std::string out;
  if (model.costs) {
    out += "costs " + shortest(model.costs->true_positive) + " " + shortest(model.costs->false_positive) + " " +
           shortest(model.costs->false_negative) + " " + shortest(model.costs->true_negative) + "\n";
  }
  for (const auto& [truth, row] : model.class_costs) {
    for (const auto& [predicted, value] : row)
      out += "cost " + quote(truth) + " " + quote(predicted) + " " + shortest(value) + "\n";
  }
  for (const CustomMetric& metric : model.custom_metrics)
    out += "metric " + quote(metric.name) + " " + quote(metric.expression) + "\n";
  return out;
}

}  // namespace

std::string canonical_text(const ModelConfig& model) {
  std::string out = columns_text(model);
  out += filter_text(model);
  out += "chunk " + rule(model.chunk) + "\n";
  out += "reference_chunk " + rule(model.reference_chunk.value_or(model.chunk)) + "\n";
  for (const SegmentDefinition& segment : model.segments) out += "segment " + list(segment, false) + "\n";
  out += "max_segments " + std::to_string(model.max_segments) + "\n";
  if (model.fit == FitScope::per_segment) out += "fit per_segment\n";  // left out where shared, as it was before
  out += "metrics " + list(model.metrics, true) + "\n";
  out += limits_text(model);
  out += values_text(model);
  out += "pca " + shortest(model.pca_variance) + " " + std::to_string(model.pca_max_columns) + "\n";
  out += "quantiles " + std::to_string(model.quantiles) + "\n";
  if (model.intervals.resample == ResampleUnit::day) out += "blocks day\n";  // a profile keeps its states by block
  if (model.intervals.resample == ResampleUnit::column) out += "blocks " + quote(model.intervals.block_column) + "\n";
  return out;
}

std::string canonical_analysis_text(const ModelConfig& model) { return labels_text("labels", model, model.labels); }

}  // namespace longwatch
