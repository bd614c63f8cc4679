#pragma once
// The columns of one model's table, and the Arrow array of any run of its rows.

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/synth/fleet_plan.hpp"

namespace longwatch::synth {

/// A run of rows, numbered over reference and analysis.
struct Rows {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

using ArrayResult = arrow::Result<std::shared_ptr<arrow::Array>>;

struct Column {
  std::string name;
  std::shared_ptr<arrow::DataType> type;
  std::function<ArrayResult(Rows)> make;  ///< pure; may be called from any thread
};

/// All columns in file order: id, timestamp, region, features, wide types, scores, prediction, target. The columns
/// refer to `options` and `model`.
std::vector<Column> table_columns(const SynthOptions& options, const Model& model);

/// The one feature of each less common type.
std::vector<Column> wide_columns(std::uint64_t key);

/// A numeric feature's value at a row, drift included, nulls not.
double number_at(const Feature& feature, std::int64_t row);
/// Whether a feature is null at a row.
bool null_at(const Feature& feature, std::int64_t row);

}  // namespace longwatch::synth
