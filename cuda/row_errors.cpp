// Row errors, and numbers of them, by the module. The kernels are in row_errors.cu and numbers.cu.

#include <vector>

#include "cuda/session.hpp"

namespace longwatch::cuda {

Result<void> run_row_errors(const Session& session, const EncodedRows& rows, const PcaBasis& pca, double* errors,
                            Status& status) {
  Pins pins(session);
  const std::vector<Feature> features = features_of(rows, pins);
  const EncodedJob job{features.data(), static_cast<std::int64_t>(features.size()), rows.begin, rows.count};
  const Basis basis{pca.basis, pca.rank};
  session.module().row_errors(session.context(), &job, &basis, errors, &status);
  return {};
}

Result<void> run_error_numbers(const std::shared_ptr<Session>& session, const EncodedRows& rows, const PcaBasis& pca,
                               std::span<const NumberItem> items, Status& status) {
  Pins pins(*session);
  const std::vector<Feature> features = features_of(rows, pins);
  const EncodedJob job{features.data(), static_cast<std::int64_t>(features.size()), rows.begin, rows.count};
  const Basis basis{pca.basis, pca.rank};
  return run_numbers(
      session, items,
      [&](const NumberJob* jobs, std::int64_t count) {
        session->module().error_numbers(session->context(), &job, &basis, jobs, count, &status);
      },
      status);
}

}  // namespace longwatch::cuda
