#pragma once
// From a slab's dictionary of labels or predictions to the model's classes, worked out once per dictionary.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"

namespace longwatch {

/// One worker's translation of one column of a binary classifier.
class ClassCodes {
 public:
  /// `classes`: canonical labels, the negative one first; borrowed.
  explicit ClassCodes(const std::vector<std::string>& classes) : classes_(&classes) {}
  /// The column as the backend takes it; valid until the next call.
  ClassColumn column(const ColumnView& view);

 private:
  const std::vector<std::string>* classes_;
  std::uint64_t serial_ = 0;
  bool used_ = false;
  std::vector<std::int8_t> codes_;
};

}  // namespace longwatch
