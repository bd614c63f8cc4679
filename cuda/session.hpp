#pragma once
// An open device of a module, and how the engine's items become the module's jobs.

#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "cuda/abi.hpp"
#include "cuda/residents.hpp"
#include "engine/backend/backend.hpp"

namespace longwatch::cuda {

/// A device that is closed when nobody needs it any more. Thread-safe as far as the module is.
class Session {
 public:
  /// Takes the context.
  Session(const Module& module, Context* context)
      : module_(module), context_(context), residents_(module, context, module.budget(context) / 4 * 3) {}
  ~Session() {
    while (residents_.evict()) {
    }
    module_.close(context_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  [[nodiscard]] const Module& module() const { return module_; }
  [[nodiscard]] Context* context() const { return context_; }
  [[nodiscard]] Residents& residents() const { return residents_; }

 private:
  const Module& module_;
  Context* context_;
  mutable Residents residents_;  // thread-safe, and no part of what a session is
};

/// A column's index on a device.
class DevicePlan final : public PreparedPlan {
 public:
  /// Copies the index of `partition` to the device; fails and takes `indexed` as cpu::CellTable::make does. Of no use
  /// where the status is not kDone afterwards. `on_cpu` is the same for the CPU, or null.
  static Result<std::shared_ptr<const DevicePlan>> make(std::shared_ptr<Session> session, const Partition& partition,
                                                        bool indexed, std::shared_ptr<const PreparedPlan> on_cpu,
                                                        Status& status);
  ~DevicePlan() override { session_->module().free_plan(session_->context(), handle_); }
  DevicePlan(const DevicePlan&) = delete;
  DevicePlan& operator=(const DevicePlan&) = delete;
  [[nodiscard]] const void* handle() const { return handle_; }
  [[nodiscard]] bool is_of(const Session& session) const { return session_.get() == &session; }
  [[nodiscard]] const std::shared_ptr<const PreparedPlan>& on_cpu() const { return on_cpu_; }

 private:
  DevicePlan(std::shared_ptr<Session> session, void* handle, std::shared_ptr<const PreparedPlan> on_cpu)
      : session_(std::move(session)), handle_(handle), on_cpu_(std::move(on_cpu)) {}
  std::shared_ptr<Session> session_;
  void* handle_;
  std::shared_ptr<const PreparedPlan> on_cpu_;
};

/// A submission that the module goes on with. Waits for it at its end, whatever became of it.
class Going {
 public:
  Going(const Session& session, Submission* submission) : session_(session), submission_(submission) {}
  ~Going() {
    Status ignored;
    finish(ignored);
  }
  Going(const Going&) = delete;
  Going& operator=(const Going&) = delete;
  /// Waits; results are where the jobs say only if the status is kDone.
  void finish(Status& status) {
    if (submission_ != nullptr) session_.module().finish(std::exchange(submission_, nullptr), &status);
  }

 private:
  const Session& session_;
  Submission* submission_;
};

/// Items of a kind on their way. `finish` is called once, and adds to their `out` only where the status is kDone; it
/// fails where no backend could do better.
class Started {
 public:
  virtual ~Started() = default;
  virtual Result<void> finish(Status& status) = 0;
};

/// The kinds. What an item points to must live until the submission was finished; the items need not. Null where the
/// status is not kDone: nothing was begun. May throw std::bad_alloc. Fails where no backend could do better.
Result<std::unique_ptr<Started>> start_numbers(const std::shared_ptr<Session>& session,
                                               std::span<const NumberItem> items, Status& status);
std::unique_ptr<Started> start_categories(const Session& session, std::span<const CategoryItem> items, Status& status);
std::unique_ptr<Started> start_residuals(const Session& session, std::span<const ResidualItem> items, Status& status);
/// Done when it returns.
Result<void> run_scores(const Session& session, std::span<const ScoreItem> items, Status& status);
Result<void> run_replicates(const Session& session, std::span<const ReplicateItem> items, Status& status);

Result<void> run_classes(const Session& session, std::span<const ClassItem> items, Status& status);
/// `out` is of the size of the rows.
Result<void> run_gram(const Session& session, const EncodedRows& rows, GramState& out, Status& status);
/// `pca` is of the size of the rows.
Result<void> run_row_errors(const Session& session, const EncodedRows& rows, const PcaBasis& pca, double* errors,
                            Status& status);
Result<void> run_error_numbers(const std::shared_ptr<Session>& session, const EncodedRows& rows, const PcaBasis& pca,
                               std::span<const NumberItem> items, Status& status);

/// Numeric items as jobs, run by `run`, which fills the status: what numbers and error_numbers have in common.
using RunJobs = std::function<void(const NumberJob* jobs, std::int64_t count)>;
Result<void> run_numbers(const std::shared_ptr<Session>& session, std::span<const NumberItem> items, const RunJobs& run,
                         Status& status);

/// A view as the module takes it.
Column column_of(const ColumnView& view);

/// The kept columns that a submission uses.
class Pins {
 public:
  explicit Pins(const Session& session) : residents_(session.residents()) {}
  /// The same, from the device's own copy where it has one.
  Column column_of(const ColumnView& view) {
    Column out = cuda::column_of(view);
    auto pin = residents_.find(view);
    if (pin == nullptr) return out;
    out.kept = pin.get();
    out.kept_row = view.whole_row;
    pins_.push_back(std::move(pin));
    return out;
  }

 private:
  Residents& residents_;
  std::vector<Residents::Pin> pins_;
};

/// Features as the module takes them: their rows, and as much of a code's table as these ask for.
std::vector<Feature> features_of(const EncodedRows& rows, Pins& pins);

inline Classes classes_of(const ClassColumn& column, Pins& pins) {
  return {pins.column_of(column.column), column.classes, static_cast<std::int64_t>(column.codes)};
}
inline Rows rows_of(const RowSelection& rows) { return {rows.rows, rows.begin, rows.count}; }
/// Adds an exact sum of the module: through the bytes of a state, which the state checks. Fails where they cannot be.
Result<void> add_exact(ExactSum& to, const ExactSlots& from);

}  // namespace longwatch::cuda
