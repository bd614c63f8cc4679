#pragma once
// Defaults, globs and models laid over one another, before any value is read.

#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/config/yaml_tree.hpp"

namespace longwatch {

/// The keys of `defaults`, of a glob or of a model, found in the table. Values may be null: "not given".
struct Layer {
  struct Entry {
    std::size_t key;  ///< index into model_keys()
    NodePtr value;
  };
  std::vector<Entry> entries;
};

/// Finds the keys of a map (or null: no keys). Errors: not a map, an unknown key.
Result<Layer> make_layer(const Node& map, const std::string& path, const std::string& file);

/// The values of a model by key; a null pointer where it is not given.
using MergedValues = std::vector<NodePtr>;

/// Lays `layer` over `values`. A key replaces what lies below, but for `thresholds`, `features` and `custom_metrics`, whose
/// maps are merged key by key (what is written later stands later). Null takes away what lies below; where there is nothing, it
/// is an error.
Result<void> lay_over(const Layer& layer, const std::string& file, MergedValues& values);

}  // namespace longwatch
