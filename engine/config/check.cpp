// The rules between the keys of one model.

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

Error error_at(const ModelConfig& model, const std::string& path, std::string what, std::string hint) {
  const auto place = model.places.find(path);
  return {ErrorCode::configuration, "model '" + model.name + "': " + what,
          (place != model.places.end() ? place : model.places.find(""))->second, std::move(hint)};
}

Result<void> check_binary(const ModelConfig& model) {
  if (!model.class_scores.empty() || model.scores.size() > 1) {
    return error_at(model, "score", "a binary model has one score, that of the positive class",
                    "write score: COLUMN, or task: multiclass");
  }
  if (model.scores.empty() && model.prediction.empty()) {
    return error_at(model, "task", "a binary model needs a 'score' or a 'prediction'", "name the column");
  }
  if (model.cutoff && model.scores.empty())
    return error_at(model, "cutoff", "'cutoff' needs a 'score'", "remove it, or name the score's column");
  return {};
}

Result<void> check_multiclass(const ModelConfig& model) {
  if (model.scores.empty() && model.class_scores.empty() && model.prediction.empty()) {
    return error_at(model, "task", "a multiclass model needs a 'score' or a 'prediction'", "name the columns");
  }
  if (model.scores.size() + model.class_scores.size() == 1) {
    return error_at(model, "score", "a multiclass model has a score for each class",
                    "write score: {CLASS: COLUMN, ...}, or task: binary");
  }
  return {};
}

Result<void> check_regression(const ModelConfig& model) {
  if (model.prediction.empty()) return error_at(model, "task", "a regression needs a 'prediction'", "name the column");
  if (!model.scores.empty() || !model.class_scores.empty()) {
    return error_at(model, "score", "a regression has a prediction, not a score", "remove 'score'");
  }
  return {};
}

Result<void> check_values(const ModelConfig& model) {
  if (model.costs && model.task != Task::binary) {
    return error_at(model, "costs", "costs by outcome are for binary models",
                    model.task == Task::multiclass ? "write costs: {TRUE: {PREDICTED: NUMBER}}" : "remove them");
  }
  if (!model.class_costs.empty() && model.task != Task::multiclass) {
    return error_at(model, "costs", "costs by class are for multiclass models",
                    model.task == Task::binary ? "write costs: {true_positive: NUMBER}" : "remove them");
  }
  if (!model.custom_metrics.empty() && model.task == Task::none)
    return error_at(model, "custom_metrics", "a metric of one's own needs a task", "say task: binary");
  return check_custom_metrics(model);
}

// Labels of their own need to know what they are and whose.
Result<void> check_labels(const ModelConfig& model) {
  for (const char* key : {"labels", "reference_labels"}) {
    const LabelsConfig& labels = *key == 'l' ? model.labels : model.reference_labels;
    if (labels.files.empty()) continue;
    if (model.id.empty())
      return error_at(model, key, std::string("'") + key + "' need an 'id'", "name the column they are joined by");
    if (model.target.empty())
      return error_at(model, key, std::string("'") + key + "' need a 'target'", "name the column they fill");
  }
  if (!model.label_map.empty() && !is_classifier(model.task))
    return error_at(model, "label_map", "'label_map' is for classifiers", "remove it");
  return {};
}

Result<void> check_task(const ModelConfig& model) {
  if (model.task != Task::binary && !model.positive.empty())
    return error_at(model, "positive", "'positive' is for binary models", "remove it");
  if (model.task != Task::binary && model.cutoff)
    return error_at(model, "cutoff", "'cutoff' is for binary models", "remove it");
  switch (model.task) {
    case Task::binary:
      return check_binary(model);
    case Task::multiclass:
      return check_multiclass(model);
    case Task::regression:
      return check_regression(model);
    case Task::none:
      break;
  }
  for (const char* role : {"score", "prediction", "target"}) {
    if (model.places.contains(role)) {
      return error_at(model, role, std::string("it has a '") + role + "' but no task",
                      "say task: binary, multiclass or regression");
    }
  }
  return {};
}

}  // namespace

Result<void> check_model(const ModelConfig& model) {
  if (model.reference.empty()) {
    return error_at(model, "", "it has no 'reference'", "name the Parquet files of a period in which it worked well");
  }
  LW_CHECK(check_task(model));
  LW_CHECK(check_values(model));
  LW_CHECK(check_labels(model));
  if (model.intervals.resample == ResampleUnit::day && model.timestamp.empty())
    return error_at(model, "intervals.resample", "days need a 'timestamp'", "name its column, or a column of blocks");
  const bool calendar = model.chunk.kind == ChunkKind::period;
  if (calendar && model.timestamp.empty())
    return error_at(model, "chunk", "chunks by period need a 'timestamp'",
                    "name its column, or write chunk: {size: 50000}");
  if (model.reference_chunk && model.reference_chunk->kind == ChunkKind::period && model.timestamp.empty()) {
    return error_at(model, "reference_chunk", "chunks by period need a 'timestamp'",
                    "name its column, or write reference_chunk: {size: 50000}");
  }
  return {};
}

}  // namespace longwatch
