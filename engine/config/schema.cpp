// The JSON Schema of a configuration, from the tables of keys.

#include <nlohmann/json.hpp>

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

using Json = nlohmann::ordered_json;

Json property(const KeyInfo& key) {
  Json out = Json::parse(key.schema);
  const std::string fallback =
      key.fallback.empty() || key.fallback == "required" ? "" : " Default: " + key.fallback + ".";
  out["description"] = key.summary + fallback;
  return out;
}

// A map of the table's keys. `nullable`: any of them may be null, which means "not given".
template <class T>
Json object(const std::vector<Key<T>>& keys, bool nullable) {
  Json properties = Json::object();
  for (const Key<T>& key : keys) {
    Json value = property(key);
    properties[key.name] =
        nullable ? Json{{"description", value["description"]}, {"anyOf", Json::array({value, Json{{"type", "null"}}})}}
                 : value;
    if (nullable) properties[key.name]["anyOf"][0].erase("description");
  }
  return Json{{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
}

Json one_of(std::initializer_list<const char*> names) {
  Json out = Json::array();
  for (const char* name : names) out.push_back(Json{{"required", Json::array({name})}});
  return out;
}

// What several keys share.
Json shared() {
  return Json::parse(R"({
    "text": {"type": ["string", "number", "boolean"], "minLength": 1},
    "list": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"$ref": "#/$defs/text"}},
    "texts": {"anyOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/list"}]},
    "value": {"type": ["string", "number", "boolean"]},
    "class_costs": {"type": "object", "minProperties": 1, "additionalProperties": {
      "type": "object", "minProperties": 1, "additionalProperties": {"type": "number"}}},
    "class_scores": {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/text"}},
    "segments": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/texts"}}
  })");
}

Json definitions() {
  Json chunk = object(chunk_keys(), false);
  chunk["oneOf"] = one_of({"size", "number", "period"});
  Json period;
  for (const auto& key : chunk_keys()) {
    if (key.name == "period") period = Json::parse(key.schema);
  }
  Json threshold = object(threshold_keys(), false);
  threshold["minProperties"] = 1;
  threshold["maxProperties"] = 1;
  Json constraint = object(constraint_keys(), false);
  constraint["required"] = Json::array({"column"});
  constraint["minProperties"] = 2;
  Json condition = object(filter_keys(), false);
  condition["required"] = Json::array({"column"});
  condition["minProperties"] = 2;
  Json labels = object(labels_keys(), true);
  labels["required"] = Json::array({"file"});
  Json features = object(feature_keys(), true);
  features["minProperties"] = 1;
  Json pca = object(pca_keys(), false);
  pca["minProperties"] = 1;
  Json outcome_values = object(cost_keys(), true);
  outcome_values["minProperties"] = 1;
  Json intervals = object(interval_keys(), false);
  intervals["minProperties"] = 1;
  Json sides = object(side_keys(), false);
  sides["minProperties"] = 1;
  Json null_threshold = object(null_keys(), false);
  null_threshold["minProperties"] = 1;
  Json minimum = object(minimum_keys(), false);
  minimum["minProperties"] = 1;
  Json model = object(model_keys(), true);
  model["type"] = Json::array({"object", "null"});
  Json out = shared();
  out.update(Json{{"model", model},
                  {"labels", Json{{"anyOf", Json::array({Json{{"$ref", "#/$defs/texts"}}, labels})}}},
                  {"features", features},
                  {"chunk", Json{{"anyOf", Json::array({period, chunk})}}},
                  {"threshold", Json{{"anyOf", Json::array({Json{{"const", "none"}}, threshold})}}},
                  {"sides", sides},
                  {"null_threshold", null_threshold},
                  {"minimum", minimum},
                  {"constraint", constraint},
                  {"condition", condition},
                  {"outcome_values", outcome_values},
                  {"pca", pca},
                  {"intervals", intervals}});
  return out;
}

}  // namespace

std::string config_json_schema() {
  const Json model = Json{{"$ref", "#/$defs/model"}};
  Json out;
  out["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  out["title"] = "Longwatch configuration";
  out["description"] =
      "One fleet of models: defaults, and the models by name. A name with * or ? holds defaults for the models it "
      "matches.";
  out["type"] = "object";
  out["additionalProperties"] = false;
  out["required"] = Json::array({"models"});
  out["properties"] = Json{{"defaults", model},
                           {"models", Json{{"type", "object"}, {"minProperties", 1}, {"additionalProperties", model}}}};
  out["$defs"] = definitions();
  return out.dump(2) + "\n";
}

}  // namespace longwatch
