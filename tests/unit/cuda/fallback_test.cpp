// What the device cannot finish is done on the CPU, with the same bits and a line that says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

#include "cuda/backend.hpp"
#include "cuda/emulation/module.hpp"

namespace longwatch::cuda {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::unique_ptr<Backend> backend_of(const Emulation& emulation) {
  auto session = std::make_shared<Session>(emulated_module(), open_emulation(emulation));
  return make_backend(std::move(session), "emulation", make_cpu_backend().value());
}

constexpr std::int64_t kRows = 500;
constexpr int kItems = 4;

/// Columns, and one submission of every kind of them in a few items.
class Work {
 public:
  Work() : partition_(Partition::make({-2, 0, 0.5, 3}, 0, 3).value()) {
    for (std::int64_t i = 0; i < kRows; ++i) {
      numbers_.push_back(static_cast<double>(i % 37) / 4 - 3);
      scores_.push_back(static_cast<double>(i % 11) / 10);
      codes_.push_back(static_cast<std::int32_t>(i % 2));
    }
  }

  struct Out {
    std::vector<NumberState> numbers{kItems};
    std::vector<std::vector<std::int64_t>> categories{kItems};
    std::vector<ScoreState> scores{kItems};
    std::vector<ResidualState> residuals{kItems};
    std::vector<double> replicates;
    bool operator==(const Out&) const = default;
  };

  Out run(Backend& backend) const {
    Out out;
    NumberPlan plan{&partition_, {0, 1}, nullptr};
    backend.prepare(plan);
    std::vector<NumberPartial> partials(kItems);
    std::vector<CategoryPartial> counts(kItems);
    std::vector<NumberItem> number_items;
    std::vector<CategoryItem> category_items;
    std::vector<ScoreItem> score_items;
    std::vector<ResidualItem> residual_items;
    for (std::size_t i = 0; i < kItems; ++i) {
      const RowSelection rows{static_cast<std::int64_t>(i) * 30, 50 * static_cast<std::int64_t>(i + 1), nullptr};
      partials[i].reset(plan);
      counts[i].by_code.assign(2, 0);
      number_items.push_back({number(), rows, &plan, &partials[i]});
      category_items.push_back({code(), rows, &counts[i]});
      score_items.push_back({score(), {code(), kClasses, 2}, {code(), kClasses, 2}, 0.5, rows, &out.scores[i]});
      residual_items.push_back({number(), score(), 0, rows, &out.residuals[i]});
    }
    expect_ok(backend.numbers(number_items)->wait());
    expect_ok(backend.categories(category_items)->wait());
    expect_ok(backend.scores(score_items)->wait());
    expect_ok(backend.residuals(residual_items)->wait());
    out.replicates = replicates(backend);
    for (std::size_t i = 0; i < kItems; ++i) {
      out.numbers[i].counts.merge(partials[i].counts);
      out.numbers[i].moments.merge(partials[i].moments);
      out.numbers[i].histogram.add(partials[i].histogram);
      out.numbers[i].distinct.add(partials[i].registers.data());
      out.categories[i] = counts[i].by_code;
    }
    return out;
  }

  /// ROC areas of tables of both kinds.
  static std::vector<double> replicates(Backend& backend) {
    constexpr std::int64_t kReplicates = 70;
    const row::RealizedCell realized[] = {{{3, 9, 20, 4}, {}}, {{7, 5, 2, 11}, {}}};
    const row::EstimatedCell estimated[] = {{{3, 9}, 0.75, 1, {}, 0, 1}, {{30, 5}, 0.25, -1, {}, 1, 1}};
    const row::MapShare shares[] = {{0, 1}, {1, 1}};
    const double deviations[] = {0.1, 0.05};
    std::vector<double> out(kItems * kReplicates);
    std::vector<ReplicateItem> items;
    for (std::int64_t i = 0; i < kItems; ++i) {
      ReplicateItem item;
      item.draw = i % 2 == 0 ? row::Draw::rows : row::Draw::labels;
      item.key = static_cast<std::uint64_t>(i);
      item.count = kReplicates;
      item.cells = 2;
      item.realized = realized;
      item.estimated = estimated;
      item.shares = shares;
      item.share_count = item.blocks = 2;
      item.deviations = deviations;
      item.scores[row::kRocArea] = out.data() + i * kReplicates;
      items.push_back(item);
    }
    expect_ok(backend.replicates(items)->wait());
    return out;
  }

 private:
  static constexpr std::int16_t kClasses[] = {0, 1};
  static void expect_ok(const Result<void>& done) { EXPECT_TRUE(done.ok()) << done.error().text(); }
  static ColumnView view(ValueType type, const void* values) { return {type, values, nullptr, 0, kRows, 0, nullptr}; }
  [[nodiscard]] ColumnView number() const { return view(ValueType::float64, numbers_.data()); }
  [[nodiscard]] ColumnView score() const { return view(ValueType::float64, scores_.data()); }
  [[nodiscard]] ColumnView code() const { return view(ValueType::code32, codes_.data()); }

  Partition partition_;
  std::vector<double> numbers_;
  std::vector<double> scores_;
  std::vector<std::int32_t> codes_;
};

TEST(Fallback, TheKindsWithAKernelRunOnTheDevice) {
  const Work work;
  const auto backend = backend_of({});
  EXPECT_TRUE(work.run(*backend) == work.run(*make_cpu_backend().value()));
  EXPECT_THAT(backend->fallbacks(), IsEmpty());
}

TEST(Fallback, KindsWithoutAKernelSaySo) {
  const auto backend = backend_of({});
  GramState gram;
  EXPECT_TRUE(backend->gram({}, &gram)->wait().ok());
  EXPECT_TRUE(backend->gram({}, &gram)->wait().ok());
  EXPECT_TRUE(backend->classes({})->wait().ok());
  EXPECT_THAT(backend->fallbacks(), ElementsAre("classes on the CPU: the CUDA backend has no kernel for it (once)",
                                                "gram on the CPU: the CUDA backend has no kernel for it (2 times)"));
}

/// The N-th allocation fails, and with it all later ones, for N = 0, 1, 2, ... until none does.
TEST(Fallback, AnyFailingAllocationLeavesTheSameBits) {
  const Work work;
  const auto want = work.run(*make_cpu_backend().value());
  std::int64_t failures = 0;
  for (bool failed = true; failed; ++failures) {
    ASSERT_LT(failures, 1000);
    Emulation emulation;
    emulation.allocations = failures;
    const auto backend = backend_of(emulation);
    EXPECT_TRUE(work.run(*backend) == want) << failures << " allocations";
    failed = !backend->fallbacks().empty();
    for (const std::string& text : backend->fallbacks()) EXPECT_THAT(text, HasSubstr("on the CPU: no device memory"));
  }
  EXPECT_GT(failures, 20);
}

/// Where one allocation fails and the next ones do not, a submission is done in halves: nothing goes to the CPU.
TEST(Fallback, MemoryThatIsShortOnceIsMetByHalves) {
  const Work work;
  const auto want = work.run(*make_cpu_backend().value());
  for (std::int64_t allocations = 0; allocations < 80; ++allocations) {
    Emulation emulation;
    emulation.allocations = allocations;
    emulation.once = true;
    const auto backend = backend_of(emulation);
    EXPECT_TRUE(work.run(*backend) == want) << allocations << " allocations";
    EXPECT_THAT(backend->fallbacks(), IsEmpty());
  }
}

/// Budgets from what holds nothing to what holds all: in parts, or on the CPU, with the same bits. What went to the CPU
/// says why.
TEST(Fallback, AnyBudgetOfMemoryLeavesTheSameBits) {
  const Work work;
  const auto want = work.run(*make_cpu_backend().value());
  bool cpu = false;
  bool device = false;
  for (std::int64_t memory = 1 << 10; memory <= 1 << 22; memory += memory / 2) {
    Emulation emulation;
    emulation.memory = memory;
    const auto backend = backend_of(emulation);
    EXPECT_TRUE(work.run(*backend) == want) << memory;
    for (const std::string& text : backend->fallbacks()) EXPECT_THAT(text, HasSubstr("device memory"));
    cpu = cpu || !backend->fallbacks().empty();
    device = device || backend->fallbacks().empty();
  }
  EXPECT_TRUE(cpu);
  EXPECT_TRUE(device);
}

/// Threads that together want more memory than there is wait for each other.
TEST(Fallback, ThreadsShareABudget) {
  const Work work;
  const auto want = work.run(*make_cpu_backend().value());
  Emulation emulation;
  emulation.memory = 300'000;  // one thread's work and little more
  const auto backend = backend_of(emulation);
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { right += work.run(*backend) == want ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 8);
}

/// A device that fails again and again is not asked any more.
TEST(Fallback, ALostDeviceIsLeftAlone) {
  const Work work;
  const auto want = work.run(*make_cpu_backend().value());
  Emulation emulation;
  emulation.launches = 2;
  const auto backend = backend_of(emulation);
  EXPECT_TRUE(work.run(*backend) == want);
  EXPECT_TRUE(work.run(*backend) == want);
  EXPECT_THAT(backend->fallbacks(), Contains(HasSubstr("the device failed too often")));
}

TEST(Fallback, AnyFailingLaunchLeavesTheSameBits) {
  const Work work;
  const auto want = work.run(*make_cpu_backend().value());
  for (std::int64_t launches = 0; launches < 10; ++launches) {
    Emulation emulation;
    emulation.launches = launches;
    const auto backend = backend_of(emulation);
    EXPECT_TRUE(work.run(*backend) == want) << launches << " launches";
    EXPECT_EQ(backend->fallbacks().empty(), launches >= 8)
        << launches;  // one of each kind, three of scores, two of replicates
  }
}

}  // namespace
}  // namespace longwatch::cuda
