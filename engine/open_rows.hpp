#pragma once
// A model's rows as a fit or an analysis sees them: its files, with the row filter and the range of time laid over
// them.

#include "engine/filter/filtered_source.hpp"

namespace longwatch {

/// The rows of the reference that the filter keeps. Errors: those of Source::open and filter_rows.
Result<FilteredRows> open_reference(const FleetConfig& fleet, const ModelConfig& model,
                                    const SourceOptions& options = {});

/// The rows of the analysis within `window` that the filter keeps. Errors: those of Source::open and filter_rows.
Result<FilteredRows> open_analysis(const FleetConfig& fleet, const ModelConfig& model, const TimeWindow& window,
                                   const SourceOptions& options = {});

}  // namespace longwatch
