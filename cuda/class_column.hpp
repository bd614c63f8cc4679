#pragma once
// Columns of classes on the device: predictions and labels.

#include <cstdint>

#include "cuda/columns.hpp"
#include "engine/state/row.hpp"

namespace longwatch::cuda {

struct DeviceClasses {
  DeviceColumn column;
  const std::int16_t* classes;
  std::int64_t codes;
};

/// A row's score; NaN where it has none.
LW_DEVICE double score_at(const DeviceColumn& column, std::int64_t row) {
  return number_or_nan(column, row) + 0.0;  // -0 is 0
}

/// What a row holds in a column of classes.
struct RowClass {
  std::int16_t of;  ///< row::kNoClass: none, or missing
  bool unmapped;    ///< a value that is no class
  bool broken;      ///< a code beyond the dictionary
};

LW_DEVICE RowClass class_at(const DeviceClasses& classes, std::int64_t row) {
  if (classes.column.values == nullptr || !valid_at(classes.column, row)) return {row::kNoClass, false, false};
  const std::uint32_t code = code_at(classes.column, row);
  if (code >= classes.codes) return {row::kNoClass, false, true};
  const std::int16_t of = classes.classes[code];
  return {of, of == row::kNoClass, false};
}

inline DeviceClasses take_classes(Run& run, Uploads& uploads, const Classes& classes) {
  const DeviceColumn column = uploads.take(classes.column);
  return {column, column.values == nullptr ? nullptr : run.upload(classes.classes, classes.codes), classes.codes};
}

}  // namespace longwatch::cuda
