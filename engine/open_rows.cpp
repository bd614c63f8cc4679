// Opens files and lays the filter over them.
#include "engine/open_rows.hpp"

namespace longwatch {

Result<FilteredRows> open_reference(const FleetConfig& fleet, const ModelConfig& model, const SourceOptions& options) {
  LW_TRY(auto source, Source::open(model.reference, fleet.base_folder, options));
  return filter_rows(std::move(source), model, "reference");
}

Result<FilteredRows> open_analysis(const FleetConfig& fleet, const ModelConfig& model, const TimeWindow& window,
                                   const SourceOptions& options) {
  LW_TRY(auto source, Source::open(model.analysis, fleet.base_folder, options));
  return filter_rows(std::move(source), model, "analysis", window);
}

}  // namespace longwatch
