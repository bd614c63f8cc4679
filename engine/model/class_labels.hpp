#pragma once
// Labels as people and files write them: 1, 1.0, true and "1" are one label.

#include <map>
#include <string>
#include <string_view>

#include "engine/config/config.hpp"

namespace longwatch {

/// The canonical text of a label: a number in its shortest form ("1.0", "01" and "1e0" are "1"), true and false in any
/// case as "1" and "0", surrounding blanks removed, any other text as it is. A missing label has none.
std::string canonical_label(std::string_view text);

/// What a model's labels stand for: canonical, after its `label_map`. For target and prediction alike.
class LabelRule {
 public:
  explicit LabelRule(const ModelConfig& model);
  /// The canonical label that `text` stands for; empty for a missing one. O(size + log labels mapped).
  [[nodiscard]] std::string of(std::string_view text) const;
  /// The positive label of a binary model ("1" unless configured).
  [[nodiscard]] const std::string& positive() const { return positive_; }

 private:
  std::map<std::string, std::string, std::less<>> map_;  // canonical -> canonical
  std::string positive_;
};

}  // namespace longwatch
