// Categorical items as jobs of the module. The kernel is in categories.cu.

#include <vector>

#include "cuda/session.hpp"

namespace longwatch::cuda {

Result<void> run_categories(const Session& session, std::span<const CategoryItem> items, Status& status) {
  std::size_t codes = 0;
  for (const CategoryItem& item : items) codes += item.out->by_code.size();
  std::vector<std::int64_t> counts(codes);
  std::vector<std::int64_t> nulls(items.size());
  std::vector<CategoryJob> jobs;
  std::int64_t* at = counts.data();
  for (const CategoryItem& item : items) {
    const std::size_t own = item.out->by_code.size();
    jobs.push_back(
        {column_of(item.column), rows_of(item.rows), static_cast<std::int64_t>(own), at, &nulls[jobs.size()]});
    at += own;
  }
  session.module().categories(session.context(), jobs.data(), static_cast<std::int64_t>(jobs.size()), &status);
  if (status.code != kDone) return {};
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    CategoryPartial& out = *items[i].out;
    for (std::size_t code = 0; code < out.by_code.size(); ++code) out.by_code[code] += jobs[i].counts[code];
    out.counts.rows += items[i].rows.count;
    out.counts.nulls += nulls[i];
  }
  return {};
}

}  // namespace longwatch::cuda
