// How labels in files of their own, and what labels stand for, are written.

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

Result<void> read_files(const Field& field, LabelsConfig& labels) {
  LW_TRY(labels.files, field.texts());
  return {};
}

template <std::string LabelsConfig::*member>
Result<void> read_text(const Field& field, LabelsConfig& labels) {
  LW_TRY(labels.*member, field.text());
  return {};
}

Result<void> read_table(const Field& field, LabelsConfig& labels) {
  if (!field.is(NodeKind::map)) return read_files(field, labels);
  LW_CHECK(read_map(field, labels_keys(), labels));
  if (labels.files.empty()) return field.error("'" + field.path() + "' names no file", "add file: PATH");
  return {};
}

}  // namespace

const std::vector<Key<LabelsConfig>>& labels_keys() {
  static const std::vector<Key<LabelsConfig>> kKeys = {
      {{"file", "a path, glob or folder, or a list of them", "Parquet or Arrow files; together they are one table.",
        "required", "labels/*.parquet", R"({"$ref": "#/$defs/texts"})"},
       read_files},
      {{"id", "a column name", "Their column with the identifiers of the rows.", "as the model's `id`", "flight_id",
        kText},
       read_text<&LabelsConfig::id>},
      {{"target", "a column name", "Their column with the labels.", "as the model's `target`", "was_late", kText},
       read_text<&LabelsConfig::target>},
  };
  return kKeys;
}

Result<void> read_labels(const Field& field, ModelConfig& model) { return read_table(field, model.labels); }

Result<void> read_reference_labels(const Field& field, ModelConfig& model) {
  return read_table(field, model.reference_labels);
}

Result<void> read_label_map(const Field& field, ModelConfig& model) {
  if (!field.is(NodeKind::map) || field.node().items.empty()) return field.wrong_type();
  for (std::size_t i = 0; i < field.node().keys.size(); ++i) {
    const Field key = field.part(*field.node().keys[i], "");
    LW_TRY(const std::string label, key.label());
    const Field meant = field.part(*field.node().items[i], "." + label);
    if (!meant.is(NodeKind::scalar)) return meant.wrong_type();
    if (model.label_map.contains(label)) return key.error("the label '" + label + "' is mapped twice", "remove one");
    LW_TRY(model.label_map[label], meant.label());
  }
  return {};
}

}  // namespace longwatch
