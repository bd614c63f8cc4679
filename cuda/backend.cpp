// The CUDA backend: runs a submission on the device, in halves where memory is short, else on the CPU.
#include "cuda/backend.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#include "cuda/loader.hpp"

namespace longwatch::cuda {
namespace {

/// What ran elsewhere than it should, with how often.
class Fallbacks {
 public:
  void add(const std::string& text) {
    const std::lock_guard guard(lock_);
    ++counts_[text];
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

constexpr const char* kGivenUp = " on the CPU: the device failed too often";
constexpr std::int64_t kFewRows = 128;  // that are not halved any more

std::string on_the_cpu(const char* kind, const Status& status) {
  return std::string(kind) + " on the CPU: " + status.text;
}

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
  CudaBackend(std::shared_ptr<Session> session, std::string description, std::unique_ptr<Backend> cpu,
              std::string blas_path)
      : session_(std::move(session)),
        description_(std::move(description)),
        cpu_(std::move(cpu)),
        blas_path_(std::move(blas_path)) {}

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
    return submit<ClassItem>("classes", items, done_at_once<ClassItem>(run_classes),
                             [this](auto some) { return cpu_->classes(some)->wait(); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> gram(const EncodedRows& rows, GramState* out) override {
    const std::size_t features = rows.columns.size();
    if (out->sums.size() != features || out->products.size() != features * (features + 1) / 2)
      return cpu_->gram(rows, out);  // which says what is wrong
    return done([&] {
      if (static_cast<std::int64_t>(features) >= kBlasFeatures) want_blas();
      return run_rows(
          "gram", rows,
          [&](const EncodedRows& some, Status& status) { return run_gram(*session_, some, *out, status); },
          [&](const EncodedRows& some) { return cpu_->gram(some, out)->wait(); });
    });
  }
  [[nodiscard]] std::unique_ptr<Ticket> row_errors(const EncodedRows& rows, const PcaBasis& pca,
                                                   double* errors) override {
    return done([&] { return write_errors(rows, pca, errors); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> error_numbers(const EncodedRows& rows, const PcaBasis& pca,
                                                      std::span<const NumberItem> items) override {
    return done([&]() -> Result<void> {
      if (items.empty()) return {};
      if (health_.good() && device_takes(rows, pca)) {
        Status status{};
        LW_CHECK(run_error_numbers(session_, rows, pca, items, status));
        health_.note(status);
        if (status.code == kDone) return {};
      }
      // In two steps, each as far as the device gets.
      std::vector<double> errors(static_cast<std::size_t>(rows.count));
      LW_CHECK(write_errors(rows, pca, errors.data()));
      std::vector<NumberItem> of_errors(items.begin(), items.end());
      for (NumberItem& item : of_errors) item.column = error_column(errors);
      return numbers(of_errors)->wait();
    });
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
        fallbacks_.add(std::string(kind) + kGivenUp);
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
    fallbacks_.add(on_the_cpu(kind, status));
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

  /// `work` at once, as a ticket.
  static std::unique_ptr<Ticket> done(const std::function<Result<void>()>& work) { return done_ticket(guarded(work)); }

  /// Opens cuBLAS the first time, and notes every time where it is missing.
  void want_blas() {
    if (blas_path_.empty()) return;
    std::call_once(blas_once_, [&] {
      const auto blas = load_blas(blas_path_);
      Status status{};
      if (blas.ok()) session_->module().use_blas(session_->context(), blas.value(), &status);
      no_blas_ = blas.ok() ? status.text : blas.error().what;
    });
    if (!no_blas_.empty()) fallbacks_.add("gram without cuBLAS: " + no_blas_);
  }

  /// One submission of rows: where memory is short, in halves down to kFewRows.
  template <class OnDevice, class OnCpu>
  Result<void> run_rows(const char* kind, const EncodedRows& rows, const OnDevice& on_device, const OnCpu& on_cpu) {
    if (rows.count == 0) return {};
    if (!health_.good()) {
      fallbacks_.add(std::string(kind) + kGivenUp);
      return on_cpu(rows);
    }
    Status status{};
    LW_CHECK(on_device(rows, status));
    health_.note(status);
    if (status.code == kDone) return {};
    if (status.code == kNoMemory && session_->residents().give_way()) return run_rows(kind, rows, on_device, on_cpu);
    if ((status.code == kNoMemory || status.code == kTooLarge) && rows.count >= 2 * kFewRows) {
      EncodedRows half = rows;
      half.count = rows.count / 2;
      LW_CHECK(run_rows(kind, half, on_device, on_cpu));
      half.begin += half.count;
      half.count = rows.count - half.count;
      return run_rows(kind, half, on_device, on_cpu);
    }
    fallbacks_.add(on_the_cpu(kind, status));
    return on_cpu(rows);
  }

  Result<void> write_errors(const EncodedRows& rows, const PcaBasis& pca, double* errors) {
    if (!device_takes(rows, pca)) return cpu_->row_errors(rows, pca, errors)->wait();  // which says what is wrong
    const auto place = [&](const EncodedRows& some) { return errors + (some.begin - rows.begin); };
    return run_rows(
        "row errors", rows,
        [&](const EncodedRows& some, Status& status) {
          return run_row_errors(*session_, some, pca, place(some), status);
        },
        [&](const EncodedRows& some) { return cpu_->row_errors(some, pca, place(some))->wait(); });
  }

  static bool device_takes(const EncodedRows& rows, const PcaBasis& pca) {
    return pca.features == static_cast<std::int64_t>(rows.columns.size()) && pca.features <= kMaxPcaFeatures;
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
  std::string blas_path_;
  std::once_flag blas_once_;
  std::string no_blas_;  ///< why cuBLAS is not used
  Fallbacks fallbacks_;
  Health health_;
};

}  // namespace

std::unique_ptr<Backend> make_backend(std::shared_ptr<Session> session, std::string description,
                                      std::unique_ptr<Backend> cpu, std::string blas_path) {
  return std::make_unique<CudaBackend>(std::move(session), std::move(description), std::move(cpu),
                                       std::move(blas_path));
}

}  // namespace longwatch::cuda
