#pragma once
// One key of the configuration: what the table says of it, and how its value is read with errors that name the place.

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/text.hpp"
#include "engine/config/yaml_tree.hpp"

namespace longwatch {

/// A row of a table of keys. Parser, error messages, JSON Schema and documentation all read it.
struct KeyInfo {
  std::string name;
  std::string type;                       ///< for people, after "must be": "a number from 0 to 1"
  std::string summary;                    ///< one or two sentences, Markdown
  std::string fallback;                   ///< the default, as text
  std::string example;                    ///< the value as YAML; parses
  std::string schema;                     ///< JSON Schema of the value
  std::vector<std::string> allowed = {};  ///< of an enumeration
};

/// A value about to be read for a key, and its path, e.g. "constraints[0].column".
class Field {
 public:
  Field(const std::string& file, std::map<std::string, Location>& places, const KeyInfo& key, const Node& node,
        std::string path)
      : file_(file), places_(places), key_(key), node_(node), path_(std::move(path)) {}

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const KeyInfo& key() const { return key_; }
  [[nodiscard]] bool is(NodeKind kind) const { return node_.kind == kind; }

  /// A part of this value ("[3]", ".lower"), under the same key or under one of its own.
  [[nodiscard]] Field part(const Node& node, const std::string& suffix) const { return part(node, suffix, key_); }
  [[nodiscard]] Field part(const Node& node, const std::string& suffix, const KeyInfo& key) const {
    return {file_, places_, key, node, path_ + suffix};
  }

  /// The same value, whose parts are remembered elsewhere.
  [[nodiscard]] Field with_places(std::map<std::string, Location>& places) const {
    return {file_, places, key_, node_, path_};
  }

  /// Remembers where this value stands, under its path.
  void mark() const { places_[path_] = location(); }
  void mark_as(const std::string& path) const { places_[path] = location(); }
  [[nodiscard]] Location location() const;

  /// An error at this value.
  [[nodiscard]] Error error(std::string what, std::string hint = "") const;
  /// "'path' must be TYPE, not a list" with the key's example as hint.
  [[nodiscard]] Error wrong_type() const;

  [[nodiscard]] Result<std::string> text() const;  ///< not empty
  /// A label as category text: numbers not in quotes in their shortest form (1 for 1.0), true and false in lower case.
  [[nodiscard]] Result<std::string> label() const;
  [[nodiscard]] Result<double> number(double least, double greatest) const;  ///< finite, bounds inclusive
  [[nodiscard]] Result<std::int64_t> integer(std::int64_t least, std::int64_t greatest) const;
  [[nodiscard]] Result<std::size_t> choice() const;  ///< index into the key's allowed values
  /// A text or a list of texts: not empty, none twice. Marks path[i].
  [[nodiscard]] Result<std::vector<std::string>> texts() const;

 private:
  const std::string& file_;
  std::map<std::string, Location>& places_;
  const KeyInfo& key_;
  const Node& node_;
  std::string path_;
};

/// A key with the function that reads its value into a T.
template <class T>
struct Key : KeyInfo {
  Result<void> (*read)(const Field& field, T& out);
};

template <class T>
std::vector<std::string> names_of(const std::vector<Key<T>>& keys) {
  std::vector<std::string> names;
  for (const Key<T>& key : keys) names.push_back(key.name);
  return names;
}

/// The error for a key that no table knows.
Error unknown_key(const Field& parent, const Node& key, std::span<const std::string> known);

/// Reads a map by a table of keys. Null values are left out, as if not written.
template <class T>
Result<void> read_map(const Field& field, const std::vector<Key<T>>& keys, T& out) {
  if (!field.is(NodeKind::map)) return field.wrong_type();
  for (std::size_t i = 0; i < field.node().keys.size(); ++i) {
    const Node& name = *field.node().keys[i];
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key<T>& key) { return key.name == name.text; });
    if (found == keys.end()) return unknown_key(field, name, names_of(keys));
    const Node& value = *field.node().items[i];
    if (value.kind == NodeKind::null) continue;
    const Field part = field.part(value, "." + found->name, *found);
    part.mark();
    LW_CHECK(found->read(part, out));
  }
  return {};
}

/// True where the plain text is a finite number.
bool parse_number(const std::string& text, double& out);

}  // namespace longwatch
