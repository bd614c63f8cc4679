#pragma once
// Labels as people and files write them: 1, 1.0, true and "1" are one label.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/config/roles.hpp"

namespace longwatch {

/// The canonical text of a label: a number in its shortest form ("1.0", "01" and "1e0" are "1"), true and false in any
/// case as "1" and "0", surrounding blanks removed, any other text as it is. A missing label has none.
std::string canonical_label(std::string_view text);

/// Whether a classifier's column of this role holds labels.
inline bool holds_labels(Role role) { return role == Role::target || role == Role::prediction; }

/// What a model's labels stand for: canonical, after its `label_map`. For target and prediction alike.
class LabelRule {
 public:
  LabelRule() = default;  ///< without a label_map
  explicit LabelRule(const ModelConfig& model);
  /// The canonical label that `text` stands for; empty for a missing one. O(size + log labels mapped).
  [[nodiscard]] std::string of(std::string_view text) const;
  /// The positive label of a binary model ("1" unless configured).
  [[nodiscard]] const std::string& positive() const { return positive_; }

 private:
  std::map<std::string, std::string, std::less<>> map_;  // canonical -> canonical
  std::string positive_ = "1";
};

/// The two classes of a binary model.
struct BinaryClasses {
  std::vector<std::string> classes;  ///< the negative, then the positive label; the negative one is "" where unknown
  std::string problem;               ///< empty, or why there are not two: "undefined: ..."
};

/// The classes by the labels that `target` and `prediction` have in the reference (canonical ones, mapped, none empty). The target
/// decides; where it has no negative label, the prediction tells it, and else 0 is the negative of 1. A target with one
/// label or none is no problem; more than two labels, or two of which none is the positive one, are.
BinaryClasses binary_classes(const LabelRule& rule, const std::set<std::string>& target,
                             const std::set<std::string>& prediction);

}  // namespace longwatch
