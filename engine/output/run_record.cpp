// The JSON of a run record.
#include "engine/output/run_record.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <tuple>

#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"
#include "engine/chunk/time.hpp"

namespace longwatch {
namespace {

using Json = nlohmann::ordered_json;

std::string hex(std::uint64_t value) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  return digits;
}

Json texts(const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const std::string& value : values) list.push_back(valid_utf8(value));
  return list;
}

Json json_of(const SourceFile& input) {
  return {{"path", valid_utf8(input.path)},
          {"rows", input.rows},
          {"bytes", input.bytes},
          {"fingerprint", hex(input.fingerprint)}};
}

Json json_of(const std::optional<LabelCounts>& labels) {
  if (!labels) return nullptr;
  return {{"rows", labels->rows},
          {"matched", labels->matched},
          {"unlabelled", labels->unlabelled},
          {"replaced", labels->replaced},
          {"repeated", labels->repeated},
          {"without_id", labels->without_id},
          {"labels", labels->labels},
          {"labels_without_id", labels->labels_without_id},
          {"ids", labels->ids},
          {"duplicate_ids", labels->duplicate_ids},
          {"conflicting_ids", labels->conflicting_ids},
          {"unmatched_ids", labels->unmatched_ids}};
}

Json json_of(const ModelRecord& model) {
  Json skipped = Json::array();
  for (const auto& [name, reason] : model.skipped_columns) {
    skipped.push_back({{"column", valid_utf8(name)}, {"reason", valid_utf8(reason)}});
  }
  Json stages = Json::object();
  for (const auto& [name, seconds] : model.stages) stages[name] = seconds;
  Json pca =
      model.pca_skipped.empty() ? Json{{"rank", model.pca_rank}} : Json{{"skipped", valid_utf8(model.pca_skipped)}};
  Json losses = nullptr;
  if (model.losses_rows >= 0) losses = {{"training_rows", model.losses_rows}};
  if (!model.losses_skipped.empty()) losses = {{"skipped", valid_utf8(model.losses_skipped)}};
  return {{"name", valid_utf8(model.name)},
          {"version", model.version.empty() ? Json(nullptr) : Json(valid_utf8(model.version))},
          {"status", valid_utf8(model.status)},
          {"reference_rows", model.reference_rows},
          {"analysis_rows", model.analysis_rows},
          {"rows_without_timestamp", model.rows_without_timestamp},
          {"rows_dropped", model.rows_dropped},
          {"reference_rows_filtered", model.reference_rows_filtered},
          {"analysis_rows_filtered", model.analysis_rows_filtered},
          {"rows_out_of_window", model.rows_out_of_window},
          {"rows_out_of_window_without_timestamp", model.rows_out_of_window_without_timestamp},
          {"reference_labels", json_of(model.reference_labels)},
          {"analysis_labels", json_of(model.analysis_labels)},
          {"chunks", model.chunks},
          {"segments", model.segments},
          {"columns", model.columns},
          {"skipped_columns", std::move(skipped)},
          {"pca", std::move(pca)},
          {"loss_models", std::move(losses)},
          {"alerts", model.alerts},
          {"seconds", std::move(stages)}};
}

Json json_of(const std::pair<std::string, WorkRates>& rates) {
  Json json = {{"device", valid_utf8(rates.first)}, {"seconds_per_submission", rates.second.start}};
  for (std::size_t kind = 0; kind < kWorkKinds; ++kind)
    json["seconds_per_unit"][kWorkNames[kind]] = rates.second.per_unit[kind];
  return json;
}

Json json_of(const WorkDone& work) {
  return {{"device", valid_utf8(work.backend)},
          {"kind", name_of(work.kind)},
          {"submissions", work.submissions},
          {"units", work.units}};
}

template <class T>
Json list_of(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T& value : values) list.push_back(json_of(value));
  return list;
}

}  // namespace

std::string run_id(const std::string& configuration, std::span<const SourceFile> inputs) {
  std::vector<std::tuple<std::uint64_t, std::int64_t, std::int64_t>> keys;
  for (const SourceFile& input : inputs) keys.emplace_back(input.fingerprint, input.rows, input.bytes);
  std::sort(keys.begin(), keys.end());
  std::uint64_t hash = hash_text(configuration);
  for (const auto& [fingerprint, rows, bytes] : keys) {
    hash = mix64(hash * 0x9e3779b97f4a7c15ULL ^ fingerprint);
    hash = mix64(hash ^ static_cast<std::uint64_t>(rows));
    hash = mix64(hash * 0x9e3779b97f4a7c15ULL ^ static_cast<std::uint64_t>(bytes));
  }
  return hex(hash);
}

std::string run_settings(const RunRecord& run) {
  std::string out = run.configuration;
  if (!run.from.empty()) out += "from " + run.from + "\n";
  if (!run.to.empty()) out += "to " + run.to + "\n";
  return out;
}

std::string to_json(const RunRecord& run) {
  Json lightgbm = nullptr;
  if (!run.lightgbm_file.empty()) lightgbm = {{"file", valid_utf8(run.lightgbm_file)}};
  if (!run.lightgbm_missing.empty()) lightgbm = {{"missing", valid_utf8(run.lightgbm_missing)}};
  const Json json = {{"longwatch", run.longwatch},
                     {"run_id", run_id(run_settings(run), run.inputs)},
                     {"profile_version", run.profile_version},
                     {"command", valid_utf8(run.command)},
                     {"from", run.from.empty() ? Json(nullptr) : Json(valid_utf8(run.from))},
                     {"to", run.to.empty() ? Json(nullptr) : Json(valid_utf8(run.to))},
                     {"started", format_utc(run.started)},
                     {"seconds", run.seconds},
                     {"threads", run.threads},
                     {"device", valid_utf8(run.device)},
                     {"device_reason", valid_utf8(run.device_reason)},
                     {"fallbacks", texts(run.fallbacks)},
                     {"rates", list_of(run.rates)},
                     {"work", list_of(run.work)},
                     {"lightgbm", std::move(lightgbm)},
                     {"models", list_of(run.models)},
                     {"warnings", texts(run.warnings)},
                     {"inputs", list_of(run.inputs)},
                     {"configuration", valid_utf8(run.configuration)}};
  return json.dump(2) + "\n";
}

}  // namespace longwatch
