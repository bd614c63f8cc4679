// The CUDA backend: runs a submission on the device, in halves where memory is short, else on the CPU.
#include "cuda/backend.hpp"

#include <atomic>
#include <exception>
#include <functional>
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

/// Whether the device answers. After a few failures in a row it is not asked any more: each may take long.
class Health {
 public:
  [[nodiscard]] bool good() const { return failures_ < kMost; }
  void note(const Status& status) {
    if (status.code == kDone) failures_ = 0;
    if (status.code == kFailed) ++failures_;
  }

 private:
  static constexpr int kMost = 3;
  std::atomic<int> failures_{0};
};

/// Finishes a submission that the device was given.
class RunningTicket final : public Ticket {
 public:
  explicit RunningTicket(std::function<Result<void>()> finish) : finish_(std::move(finish)) {}
  Result<void> wait() override { return finish_(); }

 private:
  std::function<Result<void>()> finish_;
};

Result<void> guarded(const std::function<Result<void>()>& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::memory, "the CUDA backend ran out of memory", {}, "lower --memory or --threads"};
  } catch (const std::exception& failure) {
    return Error{
        ErrorCode::internal, std::string("the CUDA backend failed: ") + failure.what(), {}, "please report this"};
  }
}

class CudaBackend final : public Backend {
 public:
  CudaBackend(std::shared_ptr<Session> session, std::string description, std::unique_ptr<Backend> cpu)
      : session_(std::move(session)), description_(std::move(description)), cpu_(std::move(cpu)) {}

  [[nodiscard]] std::string description() const override { return description_; }
  [[nodiscard]] std::vector<std::string> fallbacks() const override { return fallbacks_.texts(); }
  [[nodiscard]] bool in_batches() const override { return true; }

  void prepare(NumberPlan& plan) override {
    cpu_->prepare(plan);
    if (plan.prepared == nullptr || !health_.good()) return;
    Status status{};
    auto made = DevicePlan::make(session_, *plan.partition, true, plan.prepared, status);
    if (made.ok() && status.code == kDone) plan.prepared = std::move(made).value();
  }

  [[nodiscard]] std::unique_ptr<Ticket> numbers(std::span<const NumberItem> items) override {
    return submit<NumberItem>(
        "numbers", items, [this](auto some, Status& status) { return start_numbers(session_, some, status); },
        [this](auto some) { return numbers_on_cpu(some); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> categories(std::span<const CategoryItem> items) override {
    return submit<CategoryItem>(
        "categories", items,
        [this](auto some, Status& status) -> Begun { return start_categories(*session_, some, status); },
        [this](auto some) { return cpu_->categories(some)->wait(); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> scores(std::span<const ScoreItem> items) override {
    return submit<ScoreItem>("scores", items, done_at_once<ScoreItem>(run_scores),
                             [this](auto some) { return cpu_->scores(some)->wait(); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> residuals(std::span<const ResidualItem> items) override {
    return submit<ResidualItem>(
        "residuals", items,
        [this](auto some, Status& status) -> Begun { return start_residuals(*session_, some, status); },
        [this](auto some) { return cpu_->residuals(some)->wait(); });
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
  [[nodiscard]] std::unique_ptr<Ticket> replicates(std::span<const ReplicateItem> items) override {
    return submit<ReplicateItem>("replicates", items, done_at_once<ReplicateItem>(run_replicates),
                                 [this](auto some) { return cpu_->replicates(some)->wait(); });
  }

 private:
  using Begun = Result<std::unique_ptr<Started>>;
  template <class Item>
  using Begin = std::function<Begun(std::span<const Item>, Status&)>;
  template <class Item>
  using OnCpu = std::function<Result<void>(std::span<const Item>)>;

  /// A kind whose module function returns when all is done, as one that goes on.
  template <class Item, class Work>
  Begin<Item> done_at_once(const Work& work) {
    return [this, work](std::span<const Item> some, Status& status) -> Begun {
      LW_CHECK(work(*session_, some, status));
      return std::unique_ptr<Started>(status.code == kDone ? std::make_unique<DoneAtOnce>() : nullptr);
    };
  }
  struct DoneAtOnce final : Started {
    Result<void> finish(Status&) override { return {}; }
  };

  template <class Item>
  std::unique_ptr<Ticket> submit(const char* kind, std::span<const Item> items, Begin<Item> begin, OnCpu<Item> on_cpu) {
    if (items.empty()) return done_ticket({});
    std::unique_ptr<Ticket> out;
    auto done = guarded([&]() -> Result<void> {
      if (!health_.good()) {
        fallbacks_.add(kind, "the device failed too often");
        return on_cpu(items);
      }
      Status status{};
      LW_TRY(std::shared_ptr<Started> started, begin(items, status));
      if (status.code != kDone) return recover(kind, items, status, begin, on_cpu);
      std::vector<Item> own(items.begin(), items.end());
      out = std::make_unique<RunningTicket>([=, this, own = std::move(own)] {
        return guarded([&] { return finish<Item>(kind, own, *started, begin, on_cpu); });
      });
      return {};
    });
    return out != nullptr ? std::move(out) : done_ticket(std::move(done));
  }

  template <class Item>
  Result<void> finish(const char* kind, std::span<const Item> items, Started& started, const Begin<Item>& begin,
                      const OnCpu<Item>& on_cpu) {
    Status status{};
    LW_CHECK(started.finish(status));
    return recover(kind, items, status, begin, on_cpu);
  }

  /// What becomes of items whose submission ended like this: nothing more where it went well, else once more in halves
  /// where memory is short, else on the CPU.
  template <class Item>
  Result<void> recover(const char* kind, std::span<const Item> items, const Status& status, const Begin<Item>& begin,
                       const OnCpu<Item>& on_cpu) {
    health_.note(status);
    if (status.code == kDone) return {};
    if (status.code == kOutOfRange) return on_cpu(items);  // which says it with the figures
    if (status.code == kNoMemory && session_->residents().give_way()) return again(kind, items, begin, on_cpu);
    const bool smaller = status.code == kNoMemory || status.code == kTooLarge;
    if (smaller && items.size() > 1) {
      LW_CHECK(again(kind, items.first(items.size() / 2), begin, on_cpu));
      return again(kind, items.subspan(items.size() / 2), begin, on_cpu);
    }
    fallbacks_.add(kind, status.text);
    return on_cpu(items);
  }

  template <class Item>
  Result<void> again(const char* kind, std::span<const Item> items, const Begin<Item>& begin,
                     const OnCpu<Item>& on_cpu) {
    Status status{};
    LW_TRY(const std::shared_ptr<Started> started, begin(items, status));
    if (status.code == kDone) return finish(kind, items, *started, begin, on_cpu);
    return recover(kind, items, status, begin, on_cpu);
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
  Health health_;
};

}  // namespace

std::unique_ptr<Backend> make_backend(std::shared_ptr<Session> session, std::string description,
                                      std::unique_ptr<Backend> cpu) {
  return std::make_unique<CudaBackend>(std::move(session), std::move(description), std::move(cpu));
}

}  // namespace longwatch::cuda
