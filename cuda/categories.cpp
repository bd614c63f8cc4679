// Categorical items as jobs of the module. The kernel is in categories.cu.

#include <optional>
#include <vector>

#include "cuda/session.hpp"

namespace longwatch::cuda {

namespace {

class StartedCategories final : public Started {
 public:
  StartedCategories(const Session& session, std::span<const CategoryItem> items, Status& status)
      : pins_(session), items_(items.begin(), items.end()), nulls_(items.size()) {
    std::size_t codes = 0;
    for (const CategoryItem& item : items_) codes += item.out->by_code.size();
    counts_.resize(codes);
    std::int64_t* at = counts_.data();
    for (const CategoryItem& item : items_) {
      const std::size_t own = item.out->by_code.size();
      jobs_.push_back({pins_.column_of(item.column), rows_of(item.rows), static_cast<std::int64_t>(own), at,
                       &nulls_[jobs_.size()]});
      at += own;
    }
    going_.emplace(session, session.module().categories(session.context(), jobs_.data(),
                                                        static_cast<std::int64_t>(jobs_.size()), &status));
  }

  Result<void> finish(Status& status) override {
    going_->finish(status);
    if (status.code != kDone) return {};
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      CategoryPartial& out = *items_[i].out;
      for (std::size_t code = 0; code < out.by_code.size(); ++code) out.by_code[code] += jobs_[i].counts[code];
      out.counts.rows += items_[i].rows.count;
      out.counts.nulls += nulls_[i];
    }
    return {};
  }

 private:
  Pins pins_;
  std::vector<CategoryItem> items_;
  std::vector<std::int64_t> counts_;
  std::vector<std::int64_t> nulls_;
  std::vector<CategoryJob> jobs_;
  std::optional<Going> going_;
};

}  // namespace

std::unique_ptr<Started> start_categories(const Session& session, std::span<const CategoryItem> items, Status& status) {
  auto out = std::make_unique<StartedCategories>(session, items, status);
  return status.code == kDone ? std::move(out) : nullptr;
}

}  // namespace longwatch::cuda
