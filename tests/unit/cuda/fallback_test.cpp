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

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

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
    std::vector<ClassState> classes{kItems};
    GramState gram{0, std::vector<int128>(3), std::vector<int128>(6)};
    std::vector<double> errors{std::vector<double>(kRows)};
    std::vector<NumberState> error_numbers{kItems};
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
    run_classes(backend, out);
    run_features(backend, out);
    for (std::size_t i = 0; i < kItems; ++i) {
      merge(out.numbers[i], partials[i]);
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

  static void merge(NumberState& state, const NumberPartial& partial) {
    state.counts.merge(partial.counts);
    state.moments.merge(partial.moments);
    state.histogram.add(partial.histogram);
    state.distinct.add(partial.registers.data());
  }

  static RowSelection part(std::size_t i) { return {static_cast<std::int64_t>(i) * 100, 150, nullptr}; }

  void run_classes(Backend& backend, Out& out) const {
    constexpr double kKnots[] = {0, 1};
    const ClassPlan plan{2, {1}, {{kKnots, kKnots, 2}}};
    const std::vector<ColumnView> scores = {score()};
    std::vector<ClassPartial> partials(kItems);
    std::vector<ClassItem> items;
    for (std::size_t i = 0; i < kItems - 1; ++i) {
      partials[i].reset(2);
      items.push_back({scores, {code(), kClasses, 2}, {}, part(i), &plan, &partials[i]});
    }
    expect_ok(backend.classes(items)->wait());
    for (std::size_t i = 0; i < kItems - 1; ++i) out.classes[i] = partials[i].take();
  }

  /// Gram matrix, row errors, and numbers of these.
  void run_features(Backend& backend, Out& out) const {
    constexpr double kByCode[] = {-1.5, 20};
    constexpr double kBasis[] = {0.5, 0.5, 0.25};
    const std::vector<ColumnView> views = {number(), score(), code()};
    const std::vector<FeatureEncoder> encoders = {{}, {0.5, 2, 0, nullptr}, {0, 1, 0, kByCode}};
    expect_ok(backend.gram({views, encoders, 0, kRows}, &out.gram)->wait());
    const PcaBasis pca{3, 1, kBasis};
    expect_ok(backend.row_errors({views, encoders, 0, kRows}, pca, out.errors.data())->wait());
    const NumberPlan plan{&partition_, {0, 1}, nullptr};
    std::vector<NumberPartial> partials(kItems);
    std::vector<NumberItem> items;
    for (std::size_t i = 0; i < kItems - 1; ++i) {
      partials[i].reset(plan);
      items.push_back({{}, part(i), &plan, &partials[i]});
    }
    expect_ok(backend.error_numbers({views, encoders, 0, kRows}, pca, items)->wait());
    for (std::size_t i = 0; i < kItems - 1; ++i) merge(out.error_numbers[i], partials[i]);
  }

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

TEST(Fallback, EveryKindRunsOnTheDevice) {
  const Work work;
  const auto backend = backend_of({});
  EXPECT_TRUE(work.run(*backend) == work.run(*make_cpu_backend().value()));
  EXPECT_THAT(backend->fallbacks(), IsEmpty());
}

/// Wide rows want cuBLAS; where it is missing the own kernels serve, and a line says so.
TEST(Fallback, WithoutBlasTheOwnKernelsServe) {
  constexpr std::int64_t kWide = kBlasFeatures;
  std::vector<double> values(12);
  std::iota(values.begin(), values.end(), -5.5);
  const ColumnView view{ValueType::float64, values.data(), nullptr, 0, 12, 0, nullptr};
  const auto gram_of = [&](Backend& backend, std::int64_t features) {
    const auto size = static_cast<std::size_t>(features);
    const std::vector<ColumnView> views(size, view);
    std::vector<FeatureEncoder> encoders;
    for (std::size_t i = 0; i < size; ++i) encoders.push_back({0.25 * static_cast<double>(i % 17), 0.5, 0, nullptr});
    GramState gram{0, std::vector<int128>(size), std::vector<int128>(size * (size + 1) / 2)};
    EXPECT_TRUE(backend.gram({views, encoders, 1, 10}, &gram)->wait().ok());
    return gram;
  };
  const auto cpu = make_cpu_backend().value();
  for (const char* kind : {"missing", "wrong_abi", "empty"}) {
    auto session = std::make_shared<Session>(emulated_module(), open_emulation({}));
    const std::string path = std::string(LONGWATCH_STUBS) + "/libcuda_stub_blas_" + kind + ".so";
    const auto backend = make_backend(std::move(session), "emulation", make_cpu_backend().value(), path);
    EXPECT_TRUE(gram_of(*backend, 5) == gram_of(*cpu, 5));
    EXPECT_THAT(backend->fallbacks(), IsEmpty());
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(gram_of(*backend, kWide) == gram_of(*cpu, kWide));
    EXPECT_THAT(backend->fallbacks(),
                ElementsAre(AllOf(StartsWith("gram without cuBLAS: the "), EndsWith("(2 times)"))));
  }
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
  EXPECT_GT(failures, 40);
}

/// Where one allocation fails and the next ones do not, a submission is done in halves: nothing goes to the CPU.
TEST(Fallback, MemoryThatIsShortOnceIsMetByHalves) {
  const Work work;
  const auto want = work.run(*make_cpu_backend().value());
  for (std::int64_t allocations = 0; allocations < 160; ++allocations) {
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

/// Numbers, categories and residuals take one launch, scores three, classes four, a Gram matrix three, row errors one,
/// their numbers two, replicates two.
TEST(Fallback, AnyFailingLaunchLeavesTheSameBits) {
  constexpr std::int64_t kLaunches = 19;
  const Work work;
  const auto want = work.run(*make_cpu_backend().value());
  for (std::int64_t launches = 0; launches < 22; ++launches) {
    Emulation emulation;
    emulation.launches = launches;
    const auto backend = backend_of(emulation);
    EXPECT_TRUE(work.run(*backend) == want) << launches << " launches";
    EXPECT_EQ(backend->fallbacks().empty(), launches >= kLaunches) << launches;
  }
}

}  // namespace
}  // namespace longwatch::cuda
