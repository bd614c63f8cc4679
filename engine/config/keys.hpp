#pragma once
// The tables of keys: one row is one key of the configuration. A new key is a new row; parser, errors, JSON Schema and
// documentation follow.

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/config/config.hpp"
#include "engine/config/field.hpp"

namespace longwatch {

/// A chunk rule as written: several keys make one rule.
struct ChunkDraft {
  ChunkRule rule;
  int kinds = 0;  ///< how many of size, number and period are given
  bool zoned = false;
  bool incomplete = false;
};

struct ThresholdDraft {
  ThresholdRule rule;
  int kinds = 0;
};

/// One entry of `constraints`: every limit holds for every column.
struct ConstraintDraft {
  std::vector<std::string> columns;
  std::vector<Constraint> limits;  ///< without a column
};

/// One entry of `filter`: every condition holds for its column.
struct FilterDraft {
  std::string column;
  std::vector<FilterCondition> conditions;  ///< without a column
};

/// JSON Schema of a text.
inline constexpr const char* kText = R"({"$ref": "#/$defs/text"})";

const std::vector<Key<ModelConfig>>& model_keys();
const std::vector<Key<ModelConfig>>& feature_keys();
const std::vector<Key<ModelConfig>>& pca_keys();
const std::vector<Key<ModelConfig>>& interval_keys();
const std::vector<Key<ChunkDraft>>& chunk_keys();
const std::vector<Key<ThresholdDraft>>& threshold_keys();
const std::vector<Key<ThresholdRule>>& side_keys();
const std::vector<Key<ThresholdRule>>& null_keys();
const std::vector<Key<ModelConfig>>& minimum_keys();
const std::vector<Key<ConstraintDraft>>& constraint_keys();
const std::vector<Key<FilterDraft>>& filter_keys();
const std::vector<Key<OutcomeValues>>& cost_keys();
const std::vector<Key<LabelsConfig>>& labels_keys();

Result<void> read_chunk(const Field& field, ModelConfig& model);
Result<void> read_reference_chunk(const Field& field, ModelConfig& model);
Result<void> read_thresholds(const Field& field, ModelConfig& model);
Result<void> read_constraints(const Field& field, ModelConfig& model);
Result<void> read_filter(const Field& field, ModelConfig& model);
Result<void> read_costs(const Field& field, ModelConfig& model);
Result<void> read_custom_metrics(const Field& field, ModelConfig& model);
Result<void> read_labels(const Field& field, ModelConfig& model);
Result<void> read_reference_labels(const Field& field, ModelConfig& model);
Result<void> read_label_map(const Field& field, ModelConfig& model);

/// The rules between keys: a model has a reference, a task has the columns it needs, a calendar has a timestamp.
Result<void> check_model(const ModelConfig& model);

/// Every custom metric is arithmetic over totals that its task has.
Result<void> check_custom_metrics(const ModelConfig& model);

/// The page of docs/configuration.md, from the tables.
std::string config_markdown();

}  // namespace longwatch
