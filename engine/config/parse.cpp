// From YAML text to a FleetConfig: tree, layers, values, rules between keys.

#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>

#include "engine/base/text.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/layers.hpp"
#include "engine/config/yaml_tree.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kMaxModels = 100'000;
constexpr std::size_t kMaxModelValues = 5'000'000;  // values over all models, defaults counted once a model
constexpr std::size_t kMaxNameBytes = 200;

const KeyInfo kDefaults{"defaults", "a map of keys", "", "", "{reference: reference.parquet}", "", {}};
const KeyInfo kModels{
    "models", "a map of model names to keys", "", "", "{churn: {task: binary, score: churn_score}}", "", {}};

bool is_glob(const std::string& name) { return name.find_first_of("*?") != std::string::npos; }

// The name becomes a file name (profiles/NAME.profile).
Result<void> check_name(const Field& name) {
  const std::string& text = name.node().text;
  bool plain = text != "." && text != "..";
  for (const char c : text) plain = plain && c != '/' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
  if (!plain)
    return name.error("'" + text + "' is no model name",
                      "it becomes a file name: no slash, no line break, not '.' or '..'");
  if (text.size() > kMaxNameBytes) return name.error("the model's name is longer than 200 bytes");
  return {};
}

Result<void> read_values(const MergedValues& values, const std::string& file, ModelConfig& model) {
  for (std::size_t key = 0; key < values.size(); ++key) {
    if (values[key] == nullptr) continue;
    const Key<ModelConfig>& info = model_keys()[key];
    const Field field(file, model.places, info, *values[key], info.name);
    field.mark();
    LW_CHECK(info.read(field, model));
  }
  return {};
}

// Values of a layer are read on their own too, so that a mistake no model inherits is found as well.
Result<void> check_layer(const Layer& layer, const std::string& file) {
  MergedValues values(model_keys().size());
  for (const auto& [key, value] : layer.entries) {
    if (value->kind != NodeKind::null) values[key] = value;
  }
  ModelConfig scratch;
  return read_values(values, file, scratch);
}

class FleetReader {
 public:
  FleetReader(const Node& root, const std::string& file) : root_(root), file_(file) {}

  Result<FleetConfig> read() {
    LW_CHECK(read_top());
    if (models_ == nullptr)
      return at(root_).error("there is no 'models'",
                             "name at least one model: models: {churn: {reference: reference.parquet}}");
    const Field field(file_, unused_, kModels, *models_, "models");
    if (!field.is(NodeKind::map) || models_->keys.empty()) return field.wrong_type();
    LW_CHECK(read_globs());
    FleetConfig fleet;
    fleet.file = file_;
    fleet.base_folder = std::filesystem::path(file_).parent_path().string();
    for (std::size_t i = 0; i < models_->keys.size(); ++i) {
      if (is_glob(models_->keys[i]->text)) continue;
      if (fleet.models.size() >= kMaxModels)
        return at(*models_->keys[i]).error("there are more than 100,000 models", "split the fleet");
      LW_TRY(ModelConfig model, read_model(*models_->keys[i], *models_->items[i]));
      fleet.models.push_back(std::move(model));
    }
    for (const Glob& glob : globs_) {
      if (!glob.used)
        return at(*glob.key).error("no model's name matches '" + glob.key->text + "'", "correct it, or remove it");
    }
    return fleet;
  }

 private:
  struct Glob {
    const Node* key;
    Layer layer;
    bool used = false;
  };

  [[nodiscard]] Field at(const Node& node) { return {file_, unused_, kModels, node, ""}; }

  Result<void> read_top() {
    const std::vector<std::string> known{"defaults", "models"};
    if (root_.kind == NodeKind::null)
      return at(root_).error("the configuration is empty",
                             "it needs at least 'models:'; docs/configuration.md has an example");
    if (root_.kind != NodeKind::map)
      return at(root_).error("a configuration must be a map with 'models' and perhaps 'defaults'");
    for (std::size_t i = 0; i < root_.keys.size(); ++i) {
      const std::string& name = root_.keys[i]->text;
      if (name == "models") {
        models_ = root_.items[i].get();
      } else if (name == "defaults") {
        LW_TRY(defaults_, make_layer(*root_.items[i], "defaults", file_));
        LW_CHECK(check_layer(defaults_, file_));
      } else {
        for (const auto& key : model_keys()) {
          if (key.name == name)
            return at(*root_.keys[i]).error("'" + name + "' is a key of models", "move it below 'defaults' or a model");
        }
        return unknown_key(at(root_), *root_.keys[i], known);
      }
    }
    return {};
  }

  Result<void> read_globs() {
    for (std::size_t i = 0; i < models_->keys.size(); ++i) {
      const Node& key = *models_->keys[i];
      if (!is_glob(key.text)) continue;
      LW_TRY(Layer layer, make_layer(*models_->items[i], "models." + key.text, file_));
      LW_CHECK(check_layer(layer, file_));
      globs_.push_back({&key, std::move(layer)});
    }
    return {};
  }

  Result<ModelConfig> read_model(const Node& key, const Node& value) {
    ModelConfig model;
    model.name = key.text;
    model.places[""] = at(key).location();
    LW_CHECK(check_name(at(key)));
    MergedValues values(model_keys().size());
    LW_CHECK(lay_over(defaults_, file_, values));
    for (Glob& glob : globs_) {
      if (!glob_match(glob.key->text, model.name)) continue;
      glob.used = true;
      LW_CHECK(lay_over(glob.layer, file_, values));
    }
    LW_TRY(const Layer own, make_layer(value, "models." + model.name, file_));
    LW_CHECK(lay_over(own, file_, values));
    for (const NodePtr& node : values) values_read_ += node == nullptr ? 0 : node->size;
    if (values_read_ > kMaxModelValues)
      return at(key).error("the models have more than 5,000,000 values together", "split the fleet");
    LW_CHECK(read_values(values, file_, model));
    LW_CHECK(check_model(model));
    return model;
  }

  const Node& root_;
  const std::string& file_;
  std::map<std::string, Location> unused_;
  const Node* models_ = nullptr;
  Layer defaults_;
  std::vector<Glob> globs_;
  std::size_t values_read_ = 0;
};

Error unreadable(const std::string& file, std::string why) {
  Location where;
  where.file = file;
  return {ErrorCode::configuration, std::move(why), where, "check the path"};
}

}  // namespace

Result<FleetConfig> parse_config(const std::string& text, const std::string& file) {
  LW_TRY(const NodePtr root, parse_yaml(text, file));
  return FleetReader(*root, file).read();
}

Result<FleetConfig> load_config(const std::string& file) {
  std::error_code code;
  if (std::filesystem::is_directory(file, code)) return unreadable(file, "this is a folder, not a configuration file");
  std::ifstream in(file, std::ios::binary);
  if (!in) return unreadable(file, "the configuration file cannot be opened");
  std::string text(kMaxConfigBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return unreadable(file, "the configuration file cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_config(text, file);
}

}  // namespace longwatch
