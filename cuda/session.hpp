#pragma once
// An open device of a module, and how the engine's items become the module's jobs.

#include <memory>
#include <span>
#include <utility>

#include "cuda/abi.hpp"
#include "engine/backend/backend.hpp"

namespace longwatch::cuda {

/// A device that is closed when nobody needs it any more. Thread-safe as far as the module is.
class Session {
 public:
  /// Takes the context.
  Session(const Module& module, Context* context) : module_(module), context_(context) {}
  ~Session() { module_.close(context_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  [[nodiscard]] const Module& module() const { return module_; }
  [[nodiscard]] Context* context() const { return context_; }

 private:
  const Module& module_;
  Context* context_;
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

/// The kinds: each runs its items as one submission and adds to their `out` only where the status is kDone. May throw
/// std::bad_alloc. Fails where no backend could do better.
Result<void> run_numbers(const std::shared_ptr<Session>& session, std::span<const NumberItem> items, Status& status);
Result<void> run_categories(const Session& session, std::span<const CategoryItem> items, Status& status);
Result<void> run_scores(const Session& session, std::span<const ScoreItem> items, Status& status);
Result<void> run_residuals(const Session& session, std::span<const ResidualItem> items, Status& status);

/// A view as the module takes it.
Column column_of(const ColumnView& view);
inline Rows rows_of(const RowSelection& rows) { return {rows.rows, rows.begin, rows.count}; }
/// Adds an exact sum of the module: through the bytes of a state, which the state checks. Fails where they cannot be.
Result<void> add_exact(ExactSum& to, const ExactSlots& from);

}  // namespace longwatch::cuda
