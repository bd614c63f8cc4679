// Replicates on a device. Items are jobs as they are; the kernels are in replicates.cu.

#include <algorithm>

#include "cuda/session.hpp"

namespace longwatch::cuda {

Result<void> run_replicates(const Session& session, std::span<const ReplicateItem> items, Status& status) {
  const bool numbered = std::all_of(items.begin(), items.end(), [](const ReplicateItem& item) {
    return item.draw == row::Draw::rows || item.cells <= kMostEstimatedCells;
  });
  if (numbered) {
    session.module().replicates(session.context(), items.data(), static_cast<std::int64_t>(items.size()), &status);
  } else {
    status.code = kOutOfRange;
  }
  return {};
}

}  // namespace longwatch::cuda
