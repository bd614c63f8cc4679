// Opens files, lays the filter over them and joins labels to what is left.
#include "engine/open_rows.hpp"

namespace longwatch {
namespace {

Result<OpenedRows> with_labels(FilteredRows rows, const LabelRequest& request, const OpenOptions& options,
                               const Control& control) {
  OpenedRows out{std::move(rows.source), rows.counts, std::nullopt};
  if (request.labels->files.empty()) return out;
  if (!options.join) {
    LW_TRY(out.source, declare_labels(std::move(out.source), request, options.source));
    return out;
  }
  LW_TRY(LabelledRows labelled, join_labels(std::move(out.source), request, options.labels, options.source, control));
  out.source = std::move(labelled.source);
  out.labels = std::move(labelled.join);
  return out;
}

}  // namespace

Result<OpenedRows> open_reference(const FleetConfig& fleet, const ModelConfig& model, const OpenOptions& options,
                                  const Control& control) {
  LW_TRY(auto source, Source::open(model.reference, fleet.base_folder, options.source));
  LW_TRY(FilteredRows rows, filter_rows(std::move(source), model, "reference"));
  return with_labels(std::move(rows), {&model, &model.reference_labels, "reference", fleet.base_folder}, options,
                     control);
}

Result<OpenedRows> open_analysis(const FleetConfig& fleet, const ModelConfig& model, const TimeWindow& window,
                                 const OpenOptions& options, const Control& control) {
  LW_TRY(auto source, Source::open(model.analysis, fleet.base_folder, options.source));
  LW_TRY(FilteredRows rows, filter_rows(std::move(source), model, "analysis", window));
  return with_labels(std::move(rows), {&model, &model.labels, "analysis", fleet.base_folder}, options, control);
}

}  // namespace longwatch
