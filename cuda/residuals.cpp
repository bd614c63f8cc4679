// Residual items as jobs of the module, and its sums as states. The kernel is in residuals.cu.

#include <vector>

#include "cuda/session.hpp"

namespace longwatch::cuda {
namespace {

Result<ResidualState> state_of(const ResidualSums& sums, std::int64_t rows) {
  ResidualState out;
  out.rows = rows;
  out.labelled = sums.labelled;
  out.unlabelled = sums.unlabelled;
  out.unpredicted = sums.unpredicted;
  out.labels_alone = sums.labels_alone;
  out.zero_labels = sums.zero_labels;
  out.negatives = sums.negatives;
  for (int i = 0; i < kResidualSums; ++i) LW_CHECK(add_exact(out.sums[i], sums.sums[i]));
  for (int bin = 0; bin < kResidualBins; ++bin) {
    if (sums.bins[bin] != 0) out.errors.emplace_back(bin - row::kErrorBins, sums.bins[bin]);
  }
  return out;
}

}  // namespace

Result<void> run_residuals(const Session& session, std::span<const ResidualItem> items, Status& status) {
  std::vector<ResidualSums> sums(items.size());
  std::vector<ResidualJob> jobs;
  for (const ResidualItem& item : items)
    jobs.push_back(
        {column_of(item.prediction), column_of(item.label), item.centre, rows_of(item.rows), &sums[jobs.size()]});
  session.module().residuals(session.context(), jobs.data(), static_cast<std::int64_t>(jobs.size()), &status);
  if (status.code != kDone) return {};
  for (std::size_t i = 0; i < items.size(); ++i) {
    LW_TRY(const ResidualState state, state_of(sums[i], items[i].rows.count));
    items[i].out->merge(state);
  }
  return {};
}

}  // namespace longwatch::cuda
