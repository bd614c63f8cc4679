#pragma once
// A model's rows as a fit or an analysis sees them: its files, with the row filter and the range of time laid over
// them, and with labels that are in files of their own.

#include <optional>

#include "engine/filter/filtered_source.hpp"
#include "engine/labels/join_labels.hpp"

namespace longwatch {

struct OpenedRows {
  std::shared_ptr<Source> source;
  RowCounts counts;
  std::optional<LabelJoin> labels;  ///< where labels were joined
};

struct OpenOptions {
  SourceOptions source = {};
  LabelOptions labels = {};
  bool join = true;  ///< false: labels are only checked; the target cannot be read
};

/// The rows of the reference that the filter keeps, with `reference_labels`. Errors: those of Source::open, filter_rows
/// and join_labels.
Result<OpenedRows> open_reference(const FleetConfig& fleet, const ModelConfig& model, const OpenOptions& options,
                                  const Control& control);

/// The rows of the analysis within `window` that the filter keeps, with `labels`. Errors: the same.
Result<OpenedRows> open_analysis(const FleetConfig& fleet, const ModelConfig& model, const TimeWindow& window,
                                 const OpenOptions& options, const Control& control);

}  // namespace longwatch
