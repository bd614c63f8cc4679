// Chooses a worker for every submission.
#include "engine/backend/mixed_backend.hpp"

#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <utility>

namespace longwatch {
namespace {

/// Nanoseconds of work that a queued worker has before it.
using Backlog = std::atomic<std::int64_t>;

/// Takes a submission's share off the backlog when it is done.
class CountedTicket final : public Ticket {
 public:
  CountedTicket(std::unique_ptr<Ticket> ticket, Backlog& backlog, std::int64_t nanoseconds)
      : ticket_(std::move(ticket)), backlog_(backlog), nanoseconds_(nanoseconds) {}
  ~CountedTicket() override { take_off(); }
  Result<void> wait() override {
    auto done = ticket_->wait();
    take_off();
    return done;
  }

 private:
  void take_off() { backlog_ -= std::exchange(nanoseconds_, 0); }
  std::unique_ptr<Ticket> ticket_;
  Backlog& backlog_;
  std::int64_t nanoseconds_;
};

/// A column's plan for each worker.
struct MixedPlan final : PreparedPlan {
  std::vector<NumberPlan> plans;
};

struct Member {
  explicit Member(Worker of) : worker(std::move(of)) {}
  Worker worker;
  Backlog backlog{0};
  std::array<std::atomic<std::int64_t>, kWorkKinds> submissions{};
  std::array<std::atomic<std::int64_t>, kWorkKinds> units{};

  [[nodiscard]] double seconds(WorkKind kind, std::int64_t work) const {
    return worker.rates.start + worker.rates.per_unit[static_cast<std::size_t>(kind)] * static_cast<double>(work);
  }
};

template <class Item>
std::int64_t rows_of(std::span<const Item> items) {
  std::int64_t rows = 0;
  for (const Item& item : items) rows += item.rows.count;
  return rows;
}

class Mixed final : public MixedBackend {
 public:
  Mixed(std::vector<Worker> workers, Chooser chooser) : chooser_(std::move(chooser)) {
    for (Worker& worker : workers) members_.push_back(std::make_unique<Member>(std::move(worker)));
  }

  [[nodiscard]] std::string description() const override {
    std::string out;
    for (const auto& member : members_) out += (out.empty() ? "" : " and ") + member->worker.backend->description();
    return out;
  }

  [[nodiscard]] std::vector<std::string> fallbacks() const override {
    std::vector<std::string> out;
    for (const auto& member : members_) {
      for (std::string& text : member->worker.backend->fallbacks()) out.push_back(std::move(text));
    }
    return out;
  }

  /// Batches are slower for who computes on the calling thread, so they are worth it only where numbers, most of all
  /// work, are faster elsewhere.
  [[nodiscard]] bool in_batches() const override {
    const auto rate = [](const Member& member) {
      return member.worker.rates.per_unit[static_cast<std::size_t>(WorkKind::numbers)];
    };
    double own = std::numeric_limits<double>::infinity();
    for (const auto& member : members_) own = member->worker.queued ? own : std::min(own, rate(*member));
    for (const auto& member : members_) {
      if (member->worker.backend->in_batches() && (chooser_ != nullptr || rate(*member) < own)) return true;
    }
    return false;
  }

  void prepare(NumberPlan& plan) override {
    auto prepared = std::make_shared<MixedPlan>();
    plan.prepared = nullptr;
    for (const auto& member : members_) {
      NumberPlan own = plan;
      member->worker.backend->prepare(own);
      prepared->plans.push_back(std::move(own));
    }
    plan.prepared = std::move(prepared);
  }

  [[nodiscard]] std::unique_ptr<Ticket> numbers(std::span<const NumberItem> items) override {
    return submit(WorkKind::numbers, rows_of(items),
                  [&](Backend& backend, std::size_t member) { return backend.numbers(with_plans_of(member, items)); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> categories(std::span<const CategoryItem> items) override {
    return submit(WorkKind::categories, rows_of(items),
                  [&](Backend& backend, std::size_t) { return backend.categories(items); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> scores(std::span<const ScoreItem> items) override {
    return submit(WorkKind::scores, rows_of(items),
                  [&](Backend& backend, std::size_t) { return backend.scores(items); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> residuals(std::span<const ResidualItem> items) override {
    return submit(WorkKind::residuals, rows_of(items),
                  [&](Backend& backend, std::size_t) { return backend.residuals(items); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> classes(std::span<const ClassItem> items) override {
    std::int64_t units = 0;
    for (const ClassItem& item : items) units += item.rows.count * static_cast<std::int64_t>(item.scores.size() + 1);
    return submit(WorkKind::classes, units, [&](Backend& backend, std::size_t) { return backend.classes(items); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> gram(const EncodedRows& rows, GramState* out) override {
    const auto features = static_cast<std::int64_t>(rows.columns.size());
    return submit(WorkKind::gram, rows.count * features * features,
                  [&](Backend& backend, std::size_t) { return backend.gram(rows, out); });
  }
  [[nodiscard]] std::unique_ptr<Ticket> row_errors(const EncodedRows& rows, const PcaBasis& pca,
                                                   double* errors) override {
    return submit(WorkKind::row_errors, rows.count * pca.features * pca.rank,
                  [&](Backend& backend, std::size_t) { return backend.row_errors(rows, pca, errors); });
  }

  [[nodiscard]] std::unique_ptr<Ticket> error_numbers(const EncodedRows& rows, const PcaBasis& pca,
                                                      std::span<const NumberItem> items) override {
    return submit(WorkKind::row_errors, rows.count * pca.features * pca.rank,
                  [&](Backend& backend, std::size_t member) {
                    return backend.error_numbers(rows, pca, with_plans_of(member, items));
                  });
  }
  [[nodiscard]] std::unique_ptr<Ticket> replicates(std::span<const ReplicateItem> items) override {
    std::int64_t units = 0;
    for (const ReplicateItem& item : items) units += item.count * (item.cells + 1);
    return submit(WorkKind::replicates, units,
                  [&](Backend& backend, std::size_t) { return backend.replicates(items); });
  }

  [[nodiscard]] std::vector<WorkDone> done() const override {
    std::vector<WorkDone> out;
    for (const auto& member : members_) {
      for (std::size_t kind = 0; kind < kWorkKinds; ++kind) {
        if (member->submissions[kind] == 0) continue;
        out.push_back({member->worker.backend->description(), static_cast<WorkKind>(kind), member->submissions[kind],
                       member->units[kind]});
      }
    }
    return out;
  }

 private:
  /// The items with the member's own plans.
  static std::vector<NumberItem> with_plans_of(std::size_t member, std::span<const NumberItem> items) {
    std::vector<NumberItem> own(items.begin(), items.end());
    for (NumberItem& item : own) {
      if (const auto* plan = dynamic_cast<const MixedPlan*>(item.plan->prepared.get()))
        item.plan = &plan->plans[member];
    }
    return own;
  }

  template <class Work>
  std::unique_ptr<Ticket> submit(WorkKind kind, std::int64_t units, const Work& work) {
    const std::size_t at = chooser_ != nullptr ? chooser_(kind, units) : earliest(kind, units);
    Member& member = *members_[at];
    ++member.submissions[static_cast<std::size_t>(kind)];
    member.units[static_cast<std::size_t>(kind)] += units;
    if (!member.worker.queued) return work(*member.worker.backend, at);
    const auto nanoseconds = static_cast<std::int64_t>(member.seconds(kind, units) * 1e9);
    member.backlog += nanoseconds;
    return std::make_unique<CountedTicket>(work(*member.worker.backend, at), member.backlog, nanoseconds);
  }

  /// The worker that is expected to be done first, the first of equal ones.
  [[nodiscard]] std::size_t earliest(WorkKind kind, std::int64_t units) const {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const Member& member = *members_[i];
      const double end = member.seconds(kind, units) + 1e-9 * static_cast<double>(member.backlog.load());
      if (end >= least) continue;
      least = end;
      best = i;
    }
    return best;
  }

  std::vector<std::unique_ptr<Member>> members_;
  Chooser chooser_;
};

}  // namespace

std::unique_ptr<MixedBackend> MixedBackend::make(std::vector<Worker> workers) {
  return std::make_unique<Mixed>(std::move(workers), nullptr);
}
std::unique_ptr<MixedBackend> MixedBackend::make(std::vector<Worker> workers, Chooser chooser) {
  return std::make_unique<Mixed>(std::move(workers), std::move(chooser));
}

}  // namespace longwatch
