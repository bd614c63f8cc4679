// Merging of defaults, globs and models.

#include "engine/config/layers.hpp"

#include <map>
#include <unordered_map>
#include <unordered_set>

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

const std::unordered_map<std::string, std::size_t>& key_index() {
  static const std::unordered_map<std::string, std::size_t> kIndex = [] {
    std::unordered_map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < model_keys().size(); ++i) index.emplace(model_keys()[i].name, i);
    return index;
  }();
  return kIndex;
}

bool merges(const std::string& key) { return key == "thresholds" || key == "features" || key == "custom_metrics"; }

// `above` over `below`: entries of `below` that `above` does not write, then those of `above`; null entries are left
// out.
NodePtr merge_maps(const Node& below, const Node& above) {
  auto merged = std::make_shared<Node>();
  merged->kind = NodeKind::map;
  merged->line = above.line;
  merged->character = above.character;
  std::unordered_set<std::string> written;
  for (const NodePtr& key : above.keys) written.insert(key->text);
  const auto append = [&](const Node& map, std::size_t i) {
    if (map.items[i]->kind == NodeKind::null) return;
    merged->keys.push_back(map.keys[i]);
    merged->items.push_back(map.items[i]);
  };
  for (std::size_t i = 0; i < below.keys.size(); ++i) {
    if (!written.contains(below.keys[i]->text)) append(below, i);
  }
  for (std::size_t i = 0; i < above.keys.size(); ++i) append(above, i);
  return merged;
}

}  // namespace

Result<Layer> make_layer(const Node& map, const std::string& path, const std::string& file) {
  std::map<std::string, Location> unused;
  const KeyInfo info{path, "a map of keys", "", "", "{reference: reference.parquet}", "", {}};
  const Field field(file, unused, info, map, path);
  Layer layer;
  if (field.is(NodeKind::null)) return layer;
  if (!field.is(NodeKind::map)) return field.wrong_type();
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    const auto found = key_index().find(map.keys[i]->text);
    if (found == key_index().end()) return unknown_key(field, *map.keys[i], names_of(model_keys()));
    layer.entries.push_back({found->second, map.items[i]});
  }
  return layer;
}

Result<void> lay_over(const Layer& layer, const std::string& file, MergedValues& values) {
  for (const auto& [key, value] : layer.entries) {
    NodePtr& below = values[key];
    const KeyInfo& info = model_keys()[key];
    if (value->kind == NodeKind::null) {
      if (below == nullptr) {
        std::map<std::string, Location> unused;
        const Field field(file, unused, info, *value, info.name);
        return field.error("'" + info.name + "' has no value",
                           "give it one, for example " + info.example + ", or remove the key");
      }
      below = nullptr;
    } else if (below != nullptr && merges(info.name) && below->kind == NodeKind::map && value->kind == NodeKind::map) {
      below = merge_maps(*below, *value);
    } else {
      below = value;
    }
  }
  return {};
}

}  // namespace longwatch
