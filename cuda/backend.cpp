// The CUDA backend: runs a submission on the device, in halves where memory is short, else on the CPU.
#include "cuda/backend.hpp"

#include <exception>
#include <map>
#include <mutex>
#include <new>
#include <vector>

namespace longwatch::cuda {
namespace {

/// What ran on the CPU, with how often.
class Fallbacks {
 public:
  void add(const std::string& kind, const std::string& reason) {
    const std::lock_guard guard(lock_);
    ++counts_[kind + " on the CPU: " + reason];
  }
  [[nodiscard]] std::vector<std::string> texts() const {
    const std::lock_guard guard(lock_);
    std::vector<std::string> out;
    for (const auto& [text, count] : counts_)
      out.push_back(text + (count == 1 ? " (once)" : " (" + std::to_string(count) + " times)"));
    return out;
  }

 private:
  mutable std::mutex lock_;
  std::map<std::string, std::int64_t> counts_;
};

constexpr const char* kNoKernel = "the CUDA backend has no kernel for it";

class CudaBackend final : public Backend {
 public:
  CudaBackend(std::shared_ptr<Session> session, std::string description, std::unique_ptr<Backend> cpu)
      : session_(std::move(session)), description_(std::move(description)), cpu_(std::move(cpu)) {}

  [[nodiscard]] std::string description() const override { return description_; }
  [[nodiscard]] std::vector<std::string> fallbacks() const override { return fallbacks_.texts(); }

  void prepare(NumberPlan& plan) override {
    cpu_->prepare(plan);
    if (plan.prepared == nullptr) return;
    Status status{};
    auto made = DevicePlan::make(session_, *plan.partition, true, plan.prepared, status);
    if (made.ok() && status.code == kDone) plan.prepared = std::move(made).value();
  }

  [[nodiscard]] std::unique_ptr<Ticket> numbers(std::span<const NumberItem> items) override {
    return submit(
        "numbers", items, [&](auto some, Status& status) { return run_numbers(session_, some, status); },
        [&](auto some) { return numbers_on_cpu(some); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> categories(std::span<const CategoryItem> items) override {
    return submit(
        "categories", items, [&](auto some, Status& status) { return run_categories(*session_, some, status); },
        [&](auto some) { return cpu_->categories(some)->wait(); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> scores(std::span<const ScoreItem> items) override {
    return submit(
        "scores", items, [&](auto some, Status& status) { return run_scores(*session_, some, status); },
        [&](auto some) { return cpu_->scores(some)->wait(); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> residuals(std::span<const ResidualItem> items) override {
    return submit(
        "residuals", items, [&](auto some, Status& status) { return run_residuals(*session_, some, status); },
        [&](auto some) { return cpu_->residuals(some)->wait(); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> classes(std::span<const ClassItem> items) override {
    fallbacks_.add("classes", kNoKernel);
    return cpu_->classes(items);
  }
  [[nodiscard]] std::unique_ptr<Ticket> gram(const EncodedRows& rows, GramState* out) override {
    fallbacks_.add("gram", kNoKernel);
    return cpu_->gram(rows, out);
  }
  [[nodiscard]] std::unique_ptr<Ticket> row_errors(const EncodedRows& rows, const PcaBasis& pca,
                                                   double* errors) override {
    fallbacks_.add("row errors", kNoKernel);
    return cpu_->row_errors(rows, pca, errors);
  }

 private:
  template <class Item, class OnDevice, class OnCpu>
  std::unique_ptr<Ticket> submit(const char* kind, std::span<const Item> items, const OnDevice& on_device,
                                 const OnCpu& on_cpu) {
    try {
      return done_ticket(run(kind, items, on_device, on_cpu));
    } catch (const std::bad_alloc&) {
      return done_ticket(
          Error{ErrorCode::memory, "the CUDA backend ran out of memory", {}, "lower --memory or --threads"});
    } catch (const std::exception& failure) {
      return done_ticket(Error{
          ErrorCode::internal, std::string("the CUDA backend failed: ") + failure.what(), {}, "please report this"});
    }
  }

  template <class Item, class OnDevice, class OnCpu>
  Result<void> run(const char* kind, std::span<const Item> items, const OnDevice& on_device, const OnCpu& on_cpu) {
    if (items.empty()) return {};
    Status status{};
    LW_CHECK(on_device(items, status));
    if (status.code == kDone) return {};
    if (status.code == kOutOfRange) return on_cpu(items);  // which says it with the figures
    const bool smaller = status.code == kNoMemory || status.code == kTooLarge;
    if (smaller && items.size() > 1) {
      LW_CHECK(run(kind, items.first(items.size() / 2), on_device, on_cpu));
      return run(kind, items.subspan(items.size() / 2), on_device, on_cpu);
    }
    fallbacks_.add(kind, status.text);
    return on_cpu(items);
  }

  /// The CPU does not know the device's plans.
  Result<void> numbers_on_cpu(std::span<const NumberItem> items) {
    for (NumberItem item : items) {
      NumberPlan plan = *item.plan;
      if (const auto* made = dynamic_cast<const DevicePlan*>(plan.prepared.get())) plan.prepared = made->on_cpu();
      item.plan = &plan;
      LW_CHECK(cpu_->numbers({&item, 1})->wait());
    }
    return {};
  }

  std::shared_ptr<Session> session_;
  std::string description_;
  std::unique_ptr<Backend> cpu_;
  Fallbacks fallbacks_;
};

}  // namespace

std::unique_ptr<Backend> make_backend(std::shared_ptr<Session> session, std::string description,
                                      std::unique_ptr<Backend> cpu) {
  return std::make_unique<CudaBackend>(std::move(session), std::move(description), std::move(cpu));
}

}  // namespace longwatch::cuda
