#pragma once
// A model's configuration held against its reference table: which columns, as what; and the other way round, a
// configuration inferred from a table.

#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/config/config.hpp"
#include "engine/config/roles.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// A model whose columns are known.
struct ModelPlan {
  ModelConfig config;
  std::vector<ModelColumn> columns;  ///< features bytewise by name, then scores, prediction, target; each column once
};

/// Resolves roles and kinds. Kind: text, boolean, binary -> categorical; numbers, dates and timestamps -> continuous;
/// overridden by treat_as. Predictions and targets of classifiers are categorical, of regressors continuous; scores are
/// continuous. Features: as listed, or every column without a role (timestamp, id, segment columns used only as
/// segments are roles; a segment column stays a feature unless excluded), less exclude globs and columns that cannot be
/// read (nested, binary, time), which are left out. Errors (with the place in the configuration): a named column the
/// table lacks (nearest name), overlapping roles, a named column that is nested, a text column as continuous, a target
/// with no task. A target that the table lacks is an error only in the reference.
Result<ModelPlan> resolve_model(const ModelConfig& model, const Source& reference);

/// A difference between the reference's schema and another table's.
struct SchemaChange {
  enum class Kind : std::uint8_t { missing_column, new_column, type_change } kind;
  std::string column;
  std::string before;  ///< type text, empty for a new column
  std::string after;
};

/// A YAML configuration for one model, inferred from a table's names, types and values (first row group): roles guessed
/// by common names and types, every guess with a comment, meant to be edited. Parses without error.
Result<std::string> infer_config(const Source& reference, const std::vector<std::string>& reference_paths,
                                 const std::vector<std::string>& analysis_paths, const std::string& model_name);

}  // namespace longwatch
