#pragma once
// From a slab's dictionary of labels or predictions to the model's classes, worked out once per dictionary.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/model/class_labels.hpp"

namespace longwatch {

/// One worker's translation of one column of a binary classifier.
class ClassCodes {
 public:
  /// `classes`: as `rule` gives them, the negative one first. Both are borrowed.
  ClassCodes(const std::vector<std::string>& classes, const LabelRule& rule) : classes_(&classes), rule_(&rule) {}
  /// The column as the backend takes it; valid until the next call.
  ClassColumn column(const ColumnView& view);

 private:
  const std::vector<std::string>* classes_;
  const LabelRule* rule_;
  std::uint64_t serial_ = 0;
  bool used_ = false;
  std::vector<std::int16_t> codes_;
};

}  // namespace longwatch
