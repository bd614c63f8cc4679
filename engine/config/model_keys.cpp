// The keys of a model.

#include <limits>

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

constexpr double kMost = std::numeric_limits<double>::max();

const char* const kTexts = R"({"$ref": "#/$defs/texts"})";

template <std::string ModelConfig::*member>
Result<void> read_text(const Field& field, ModelConfig& model) {
  LW_TRY(model.*member, field.text());
  return {};
}

template <std::vector<std::string> ModelConfig::*member>
Result<void> read_texts(const Field& field, ModelConfig& model) {
  LW_TRY(model.*member, field.texts());
  return {};
}

Result<void> read_task(const Field& field, ModelConfig& model) {
  static constexpr Task kTasks[] = {Task::binary, Task::multiclass, Task::regression};
  LW_TRY(const std::size_t choice, field.choice());
  model.task = kTasks[choice];
  return {};
}

Result<void> read_score(const Field& field, ModelConfig& model) {
  if (!field.is(NodeKind::map)) {
    LW_TRY(model.scores, field.texts());
    return {};
  }
  if (field.node().items.empty()) return field.wrong_type();
  for (std::size_t i = 0; i < field.node().keys.size(); ++i) {
    LW_TRY(const std::string label, field.part(*field.node().keys[i], "").label());
    const Field column = field.part(*field.node().items[i], "." + label);
    if (!column.is(NodeKind::scalar)) return column.wrong_type();
    if (model.class_scores.contains(label))
      return column.error("the class '" + label + "' has two scores", "remove one");
    LW_TRY(model.class_scores[label], column.text());
    column.mark();
  }
  return {};
}

Result<void> read_positive(const Field& field, ModelConfig& model) {
  LW_TRY(model.positive, field.label());
  return {};
}

Result<void> read_cutoff(const Field& field, ModelConfig& model) {
  LW_TRY(model.cutoff, field.number(-kMost, kMost));
  return {};
}

Result<void> read_features(const Field& field, ModelConfig& model) {
  if (field.is(NodeKind::map)) {
    return field.node().items.empty() ? field.wrong_type() : read_map(field, feature_keys(), model);
  }
  if (!field.is(NodeKind::list)) return field.wrong_type();
  LW_TRY(model.features, field.texts());
  return {};
}

Result<void> read_include(const Field& field, ModelConfig& model) {
  LW_TRY(std::vector<std::string> names, field.texts());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool list = field.is(NodeKind::list);
    field.part(list ? *field.node().items[i] : field.node(), "").mark_as("features[" + std::to_string(i) + "]");
  }
  model.features = std::move(names);
  return {};
}

Result<void> read_treat_as(const Field& field, ModelConfig& model) {
  if (!field.is(NodeKind::map) || field.node().items.empty()) return field.wrong_type();
  static const KeyInfo kKind{"treat_as", "'continuous' or 'categorical'", "", "", "{hour: categorical}",
                             "",         {"continuous", "categorical"}};
  for (std::size_t i = 0; i < field.node().keys.size(); ++i) {
    const std::string& name = field.node().keys[i]->text;
    const Field kind = field.part(*field.node().items[i], "." + name, kKind);
    LW_TRY(const std::size_t choice, kind.choice());
    (choice == 0 ? model.treat_as_continuous : model.treat_as_categorical).push_back(name);
    field.part(*field.node().keys[i], "." + name).mark();
  }
  return {};
}

Result<void> read_segments(const Field& field, ModelConfig& model) {
  if (field.is(NodeKind::scalar)) {
    LW_TRY(const std::vector<std::string> names, field.texts());
    model.segments = {names};
    return {};
  }
  if (!field.is(NodeKind::list)) return field.wrong_type();
  for (std::size_t i = 0; i < field.node().items.size(); ++i) {
    const Field item = field.part(*field.node().items[i], "[" + std::to_string(i) + "]");
    item.mark();
    LW_TRY(SegmentDefinition definition, item.texts());
    for (const SegmentDefinition& earlier : model.segments) {
      if (earlier == definition)
        return item.error("'" + item.path() + "' repeats an earlier segment definition", "remove one");
    }
    model.segments.push_back(std::move(definition));
  }
  return {};
}

Result<void> read_max_segments(const Field& field, ModelConfig& model) {
  LW_TRY(model.max_segments, field.integer(1, 1'000'000));
  return {};
}

Result<void> read_fit(const Field& field, ModelConfig& model) {
  LW_TRY(const std::size_t choice, field.choice());
  model.fit = choice == 0 ? FitScope::shared : FitScope::per_segment;
  return {};
}

Result<void> read_minimum(const Field& field, ModelConfig& model) {
  return !field.is(NodeKind::map) || field.node().items.empty() ? Result<void>(field.wrong_type())
                                                               : read_map(field, minimum_keys(), model);
}

Result<void> read_minimum_rows(const Field& field, ModelConfig& model) {
  LW_TRY(model.minimum_rows, field.integer(0, 1'000'000'000));
  return {};
}

Result<void> read_minimum_events(const Field& field, ModelConfig& model) {
  LW_TRY(model.minimum_events, field.integer(0, 1'000'000'000));
  return {};
}

Result<void> read_pca(const Field& field, ModelConfig& model) {
  return field.is(NodeKind::map) && field.node().items.empty() ? field.wrong_type()
                                                               : read_map(field, pca_keys(), model);
}

Result<void> read_variance(const Field& field, ModelConfig& model) {
  LW_TRY(model.pca_variance, field.number(0, 1));
  if (model.pca_variance <= 0 || model.pca_variance >= 1) return field.wrong_type();
  return {};
}

Result<void> read_max_columns(const Field& field, ModelConfig& model) {
  LW_TRY(model.pca_max_columns, field.integer(0, 10'000));
  return {};
}

Result<void> read_quantiles(const Field& field, ModelConfig& model) {
  LW_TRY(model.quantiles, field.integer(16, 65'536));
  return {};
}

Result<void> read_intervals(const Field& field, ModelConfig& model) {
  return field.is(NodeKind::map) && field.node().items.empty() ? field.wrong_type()
                                                               : read_map(field, interval_keys(), model);
}

}  // namespace

const std::vector<Key<ModelConfig>>& feature_keys() {
  static const std::vector<Key<ModelConfig>> kKeys = {
      {{"include", "a list of column names", "The features, by exact name.", "every column without a role",
        "[distance, carrier]", kTexts},
       read_include},
      {{"exclude", "a list of column names or globs", "Columns that are no features; wins over `include`.", "none",
        "[\"*_pred\", \"*score*\"]", kTexts},
       read_texts<&ModelConfig::exclude_features>},
  };
  return kKeys;
}

const std::vector<Key<ModelConfig>>& minimum_keys() {
  static const std::vector<Key<ModelConfig>> kKeys = {
      {{"rows", "a whole number from 0 to 1000000000", "Rows of the chunk and segment.", "30", "100",
        R"({"type": "integer", "minimum": 0, "maximum": 1000000000})"},
       read_minimum_rows},
      {{"events", "a whole number from 0 to 1000000000",
        "Members of the smaller class of the metric's denominator, such as positives for `recall`.", "10", "30",
        R"({"type": "integer", "minimum": 0, "maximum": 1000000000})"},
       read_minimum_events},
  };
  return kKeys;
}

const std::vector<Key<ModelConfig>>& pca_keys() {
  static const std::vector<Key<ModelConfig>> kKeys = {
      {{"variance", "a number between 0 and 1", "Share of the variance that the kept components explain.", "0.65",
        "0.9", R"({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1})"},
       read_variance},
      {{"max_columns", "a whole number from 0 to 10000",
        "With more features than this there is no PCA; 0 turns it off.", "2000", "500",
        R"({"type": "integer", "minimum": 0, "maximum": 10000})"},
       read_max_columns},
  };
  return kKeys;
}

const std::vector<Key<ModelConfig>>& model_keys() {
  static const std::vector<Key<ModelConfig>> kKeys = {
      {{"version", "a text", "The model's version, copied into the results.", "empty", "\"2024-05\"", kText},
       read_text<&ModelConfig::version>},
      {{"task",
        "binary, multiclass or regression",
        "What the model predicts. Needed as soon as there is a `score`, `prediction` or `target`.",
        "none: drift and data quality only",
        "binary",
        R"({"enum": ["binary", "multiclass", "regression"]})",
        {"binary", "multiclass", "regression"}},
       read_task},
      {{"reference", "a path, glob or folder, or a list of them",
        "Parquet or Arrow files of the reference period; see [input](input.md). Relative paths start at the "
        "configuration's folder.",
        "required", "data/reference.parquet", kTexts},
       read_texts<&ModelConfig::reference>},
      {{"analysis", "a path, glob or folder, or a list of them",
        "Parquet or Arrow files of the analysis period. Not needed to fit.", "none",
        "[data/2024-*.parquet, data/late.parquet]", kTexts},
       read_texts<&ModelConfig::analysis>},
      {{"filter", "a list of conditions on columns",
        "Only rows for which every condition holds are looked at, in the reference and in the analysis.", "every row",
        "[{column: country, equals: US}, {column: amount, at_least: 0}, {column: plan, in: [a, b]}]",
        R"({"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/condition"}})"},
       read_filter},
      {{"timestamp", "a column name",
        "When the row happened; gives chunks their order. Timestamps, dates, ISO 8601 texts or epoch numbers.",
        "none: rows in file order", "scored_at", kText},
       read_text<&ModelConfig::timestamp>},
      {{"time_zone", "an IANA time zone", "The zone of timestamps that carry none.", "UTC", "Europe/Berlin", kText},
       read_text<&ModelConfig::time_zone>},
      {{"id", "a column name",
        "The row's identifier; never a feature. Whether it repeats is checked where asked: `constraints: [{column: ID, "
        "unique: "
        "true}]`, or `duplicate_rate` in `metrics`.",
        "none", "flight_id", kText},
       read_text<&ModelConfig::id>},
      {{"prediction", "a column name", "What the model said: a class, or a number for a regression.", "none",
        "late_pred", kText},
       read_text<&ModelConfig::prediction>},
      {{"target", "a column name", "What turned out to be true. May be missing in part, or in the analysis altogether.",
        "none", "late", kText},
       read_text<&ModelConfig::target>},
      {{"labels", "a path, glob or folder, a list of them, or a map with 'file'",
        "Labels of the analysis period in files of their own, joined by the `id`; see [labels](input.md#labels). They "
        "fill the `target`.",
        "none: the target is in the data", "{file: labels/*.parquet, id: flight_id, target: was_late}",
        R"({"$ref": "#/$defs/labels"})"},
       read_labels},
      {{"reference_labels", "a path, glob or folder, a list of them, or a map with 'file'",
        "The same for the reference.", "none: the target is in the data", "reference_labels.parquet",
        R"({"$ref": "#/$defs/labels"})"},
       read_reference_labels},
      {{"label_map", "a map of label to label",
        "What labels of a classifier's target and prediction stand for; labels it does not name stand for themselves.",
        "none", "{\"yes\": 1, \"no\": 0}",
        R"({"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/text"}})"},
       read_label_map},
      {{"score", "a column name, or for multiclass a map of class to column or a list of columns",
        "Predicted probability: of the positive class (binary), or of each class (multiclass).", "none", "late_score",
        R"({"anyOf": [{"$ref": "#/$defs/texts"}, {"$ref": "#/$defs/class_scores"}]})"},
       read_score},
      {{"positive", "a label", "The positive class of a binary model. 1, 1.0, true and \"1\" are one label.", "1",
        "\"yes\"", kText},
       read_positive},
      {{"cutoff", "a number",
        "Scores at or above it predict the positive class. Used only where there is no `prediction`.", "none", "0.5",
        R"({"type": "number"})"},
       read_cutoff},
      {{"features", "a list of column names, or a map of 'include' and 'exclude'",
        "The model's inputs. Columns with a role are never features.", "every column without a role",
        "{exclude: [\"*_pred\", comment]}", R"({"anyOf": [{"$ref": "#/$defs/list"}, {"$ref": "#/$defs/features"}]})"},
       read_features},
      {{"treat_as", "a map of column names or globs to continuous or categorical",
        "Overrides what the file's type suggests. An exact name wins over a glob.",
        "text and booleans categorical, numbers and dates continuous", "{hour: categorical, \"zip_*\": categorical}",
        R"({"type": "object", "minProperties": 1, "additionalProperties": {"enum": ["continuous", "categorical"]}})"},
       read_treat_as},
      {{"chunk", "a period such as 1w, or a map with one of size, number and period",
        "How the rows are split over time.", "{number: 10}", "1w", R"({"$ref": "#/$defs/chunk"})"},
       read_chunk},
      {{"reference_chunk", "a period such as 1w, or a map with one of size, number and period",
        "The same for the reference, from which thresholds are learned.", "as `chunk`", "1d",
        R"({"$ref": "#/$defs/chunk"})"},
       read_reference_chunk},
      {{"segments", "a list of column names or of lists of column names",
        "Every value of a column is looked at on its own; a list of columns crosses them. All rows together are always "
        "one segment.",
        "none", "[carrier, [carrier, origin]]",
        R"({"anyOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/segments"}]})"},
       read_segments},
      {{"max_segments", "a whole number from 1 to 1000000",
        "More values than this in one segment definition are an error.", "1000", "5000",
        R"({"type": "integer", "minimum": 1, "maximum": 1000000})"},
       read_max_segments},
      {{"fit",
        "shared or per_segment",
        "Whether segments share the bins, dictionaries and principal components of all rows, or each has its own.",
        "shared",
        "per_segment",
        R"({"enum": ["shared", "per_segment"]})",
        {"shared", "per_segment"}},
       read_fit},
      {{"metrics", "a list of metric names or globs", "The metrics wanted.",
        "all that apply, but `domain_classifier_auroc`, and `duplicate_*` and `unique_count` of the `id`, only if "
        "named",
        "[jensen_shannon, \"missing_*\"]", kTexts},
       read_texts<&ModelConfig::metrics>},
      {{"thresholds", "a map of metric (or metric@column) to a rule",
        "When a value is outside. Names and columns may be globs; the last entry that fits wins.", "each metric's own",
        "{jensen_shannon: {constant: {upper: 0.1}}, \"missing_rate@age\": {standard_deviation: 4}}",
        R"({"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/threshold"}})"},
       read_thresholds},
      {{"minimum", "a map with rows and events", "What a chunk needs to be judged by a threshold `null`.",
        "{rows: 30, events: 10}", "{rows: 100}", R"({"$ref": "#/$defs/minimum"})"},
       read_minimum},
      {{"constraints", "a list of limits on columns", "Limits that need no reference; beyond them is an alert.", "none",
        "[{column: distance, in_range: [80, 5000]}, {column: [age, income], not_null: true}]",
        R"({"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/constraint"}})"},
       read_constraints},
      {{"costs", "a map of outcomes to numbers, or for multiclass a map of true class to predicted class to number",
        "What one row of each outcome is worth, costs negative; what is left out is worth 0. Gives the metrics "
        "`business_value` and `business_value_per_prediction`, and the best cut-off.",
        "none", "{true_positive: 120, false_positive: -15, false_negative: -300}",
        R"({"anyOf": [{"$ref": "#/$defs/outcome_values"}, {"$ref": "#/$defs/class_costs"}]})"},
       read_costs},
      {{"custom_metrics", "a map of names to expressions", "Metrics of your own, arithmetic over totals.", "none",
        "{profit: \"(120 * tp - 15 * fp) / rows\"}",
        R"({"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/text"}})"},
       read_custom_metrics},
      {{"pca", "a map with variance and max_columns", "The principal components behind multivariate drift.",
        "{variance: 0.65, max_columns: 2000}", "{variance: 0.8}", R"({"$ref": "#/$defs/pca"})"},
       read_pca},
      {{"intervals", "a map with method, resamples, seed and resample",
        "How intervals are made. `method`, `resamples` and `seed` are for the performance metrics of binary "
        "classifiers.",
        "{method: auto, resample: rows}", "{method: bootstrap, resamples: 1000}", R"({"$ref": "#/$defs/intervals"})"},
       read_intervals},
      {{"quantiles", "a whole number from 16 to 65536",
        "Reference quantiles that cut a continuous column into bins; more are finer and larger.", "1024", "4096",
        R"({"type": "integer", "minimum": 16, "maximum": 65536})"},
       read_quantiles},
  };
  return kKeys;
}

}  // namespace longwatch
