// Residual items as jobs of the module, and its sums as states. The kernel is in residuals.cu.

#include <optional>
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

class StartedResiduals final : public Started {
 public:
  StartedResiduals(const Session& session, std::span<const ResidualItem> items, Status& status)
      : pins_(session), items_(items.begin(), items.end()), sums_(items.size()) {
    for (const ResidualItem& item : items_)
      jobs_.push_back({pins_.column_of(item.prediction), pins_.column_of(item.label), item.centre, rows_of(item.rows),
                       &sums_[jobs_.size()]});
    going_.emplace(session, session.module().residuals(session.context(), jobs_.data(),
                                                       static_cast<std::int64_t>(jobs_.size()), &status));
  }

  Result<void> finish(Status& status) override {
    going_->finish(status);
    if (status.code != kDone) return {};
    for (std::size_t i = 0; i < items_.size(); ++i) {
      LW_TRY(const ResidualState state, state_of(sums_[i], items_[i].rows.count));
      items_[i].out->merge(state);
    }
    return {};
  }

 private:
  Pins pins_;
  std::vector<ResidualItem> items_;
  std::vector<ResidualSums> sums_;
  std::vector<ResidualJob> jobs_;
  std::optional<Going> going_;
};

}  // namespace

std::unique_ptr<Started> start_residuals(const Session& session, std::span<const ResidualItem> items, Status& status) {
  auto out = std::make_unique<StartedResiduals>(session, items, status);
  return status.code == kDone ? std::move(out) : nullptr;
}

}  // namespace longwatch::cuda
