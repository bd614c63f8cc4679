// Gram matrices of the module as states. The kernels are in gram.cu.

#include <vector>

#include "cuda/session.hpp"

namespace longwatch::cuda {
namespace {

void add(std::vector<int128>& to, const std::vector<WideTotal>& from) {
  constexpr int128 kUnit = int128{1} << 40;
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] += from[i].high * kUnit * kUnit + from[i].middle * kUnit + static_cast<int128>(from[i].low);
}

}  // namespace

Result<void> run_gram(const Session& session, const EncodedRows& rows, GramState& out, Status& status) {
  Pins pins(session);
  const std::vector<Feature> features = features_of(rows, pins);
  std::vector<WideTotal> sums(out.sums.size());
  std::vector<WideTotal> products(out.products.size());
  const EncodedJob job{features.data(), static_cast<std::int64_t>(features.size()), rows.begin, rows.count};
  session.module().gram(session.context(), &job, sums.data(), products.data(), &status);
  if (status.code != kDone) return {};
  add(out.sums, sums);
  add(out.products, products);
  out.rows += rows.count;
  return {};
}

}  // namespace longwatch::cuda
