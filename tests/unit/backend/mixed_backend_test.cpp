// Who gets a submission, and that somebody gets all of it.
#include "engine/backend/mixed_backend.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace longwatch {
namespace {

/// Counts what it is given; its tickets are done when waited for.
class Counter final : public Backend {
 public:
  explicit Counter(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] std::string description() const override { return name_; }
  [[nodiscard]] std::vector<std::string> fallbacks() const override { return {name_ + " fell back"}; }
  [[nodiscard]] bool in_batches() const override { return name_ != "cpu"; }
  void prepare(NumberPlan& plan) override { plan.prepared = std::make_shared<Plan>(this); }
  std::unique_ptr<Ticket> numbers(std::span<const NumberItem> items) override {
    for (const NumberItem& item : items) {
      const auto* plan = dynamic_cast<const Plan*>(item.plan->prepared.get());
      own_plans += plan != nullptr && plan->of == this ? 1 : 0;
    }
    return count(items.size());
  }
  std::unique_ptr<Ticket> categories(std::span<const CategoryItem> items) override { return count(items.size()); }
  std::unique_ptr<Ticket> scores(std::span<const ScoreItem> items) override { return count(items.size()); }
  std::unique_ptr<Ticket> residuals(std::span<const ResidualItem> items) override { return count(items.size()); }
  std::unique_ptr<Ticket> classes(std::span<const ClassItem> items) override { return count(items.size()); }
  std::unique_ptr<Ticket> error_numbers(const EncodedRows&, const PcaBasis&, std::span<const NumberItem>) override {
    return count(1);
  }
  std::unique_ptr<Ticket> replicates(std::span<const ReplicateItem> items) override { return count(items.size()); }
  std::unique_ptr<Ticket> gram(const EncodedRows&, GramState*) override { return count(1); }
  std::unique_ptr<Ticket> row_errors(const EncodedRows&, const PcaBasis&, double*) override { return count(1); }

  std::size_t given = 0;
  std::size_t own_plans = 0;

 private:
  struct Plan final : PreparedPlan {
    explicit Plan(Counter* by) : of(by) {}
    Counter* of;
  };
  std::unique_ptr<Ticket> count(std::size_t items) {
    given += items;
    return done_ticket({});
  }
  std::string name_;
};

/// A CPU that needs 10 ns a unit, and devices that need 1 ns but 1 ms to start.
struct Fleet {
  explicit Fleet(int devices) {
    std::vector<Worker> workers;
    WorkRates slow;
    slow.per_unit.fill(10e-9);
    workers.push_back({add("cpu"), slow, false});
    WorkRates fast;
    fast.start = 1e-3;
    fast.per_unit.fill(1e-9);
    for (int i = 0; i < devices; ++i) workers.push_back({add("cuda:" + std::to_string(i)), fast, true});
    mixed = MixedBackend::make(std::move(workers));
  }
  std::unique_ptr<Counter> add(std::string name) {
    auto out = std::make_unique<Counter>(std::move(name));
    counters.push_back(out.get());
    return out;
  }
  std::unique_ptr<Ticket> categories(std::int64_t rows) const {
    const CategoryItem item{{}, {0, rows, nullptr}, nullptr};
    return mixed->categories({&item, 1});
  }
  std::vector<Counter*> counters;
  std::unique_ptr<MixedBackend> mixed;
};

TEST(MixedBackend, SmallWorkStaysAndLargeWorkGoes) {
  const Fleet fleet(1);
  EXPECT_TRUE(fleet.categories(1'000)->wait().ok());
  EXPECT_EQ(fleet.counters[0]->given, 1U);
  EXPECT_TRUE(fleet.categories(10'000'000)->wait().ok());
  EXPECT_EQ(fleet.counters[1]->given, 1U);
}

/// 2 ms a submission on a device, 10 ms on the CPU: it takes what would wait longer.
TEST(MixedBackend, WorkThatWouldWaitTooLongStays) {
  const Fleet fleet(1);
  std::vector<std::unique_ptr<Ticket>> tickets;
  for (int i = 0; i < 12; ++i) tickets.push_back(fleet.categories(1'000'000));
  EXPECT_EQ(fleet.counters[1]->given, 4U);
  EXPECT_EQ(fleet.counters[0]->given, 8U);
  for (auto& ticket : tickets) EXPECT_TRUE(ticket->wait().ok());
  EXPECT_TRUE(fleet.categories(1'000'000)->wait().ok());  // nobody waits any more
  EXPECT_EQ(fleet.counters[1]->given, 5U);
}

TEST(MixedBackend, DevicesShareOneQueue) {
  const Fleet fleet(2);
  std::vector<std::unique_ptr<Ticket>> tickets;
  for (int i = 0; i < 8; ++i) tickets.push_back(fleet.categories(1'000'000));
  EXPECT_EQ(fleet.counters[1]->given, 4U);
  EXPECT_EQ(fleet.counters[2]->given, 4U);
}

TEST(MixedBackend, EachWorkerGetsItsOwnPlan) {
  std::vector<Worker> workers;
  std::vector<Counter*> counters;
  for (const char* name : {"cpu", "cuda:0"}) {
    auto counter = std::make_unique<Counter>(name);
    counters.push_back(counter.get());
    workers.push_back({std::move(counter), {}, false});
  }
  std::size_t next = 0;
  const auto mixed = MixedBackend::make(std::move(workers), [&](WorkKind, std::int64_t) { return next++ % 2; });
  NumberPlan plan;
  mixed->prepare(plan);
  const NumberItem item{{}, {0, 5, nullptr}, &plan, nullptr};
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(mixed->numbers({&item, 1})->wait().ok());
  for (const Counter* counter : counters) {
    EXPECT_EQ(counter->given, 2U);
    EXPECT_EQ(counter->own_plans, 2U);
  }
}

TEST(MixedBackend, TellsWhoDidWhat) {
  const Fleet fleet(1);
  EXPECT_TRUE(fleet.categories(1'000)->wait().ok());
  EXPECT_TRUE(fleet.categories(500)->wait().ok());
  const auto done = fleet.mixed->done();
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].backend, "cpu");
  EXPECT_EQ(done[0].kind, WorkKind::categories);
  EXPECT_EQ(done[0].submissions, 2);
  EXPECT_EQ(done[0].units, 1'500);
  EXPECT_EQ(fleet.mixed->description(), "cpu and cuda:0");
  EXPECT_EQ(fleet.mixed->fallbacks(), (std::vector<std::string>{"cpu fell back", "cuda:0 fell back"}));
}

/// Batches cost whoever computes on the calling thread: a slower device is not worth them.
TEST(MixedBackend, BatchesOnlyWhereADeviceIsFaster) {
  EXPECT_TRUE(Fleet(1).mixed->in_batches());
  EXPECT_FALSE(Fleet(0).mixed->in_batches());
  std::vector<Worker> workers;
  WorkRates fast, slow;
  fast.per_unit.fill(1e-9);
  slow.per_unit.fill(2e-9);
  workers.push_back({std::make_unique<Counter>("cpu"), fast, false});
  workers.push_back({std::make_unique<Counter>("cuda:0"), slow, true});
  EXPECT_FALSE(MixedBackend::make(std::move(workers))->in_batches());
}

}  // namespace
}  // namespace longwatch
