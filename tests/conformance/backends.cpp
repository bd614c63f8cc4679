// The backends under test. $LONGWATCH_BACKENDS, where it is set, names the only one.

#include <cstdlib>

#include <atomic>

#include "cuda/backend.hpp"
#include "cuda/emulation/module.hpp"
#include "cuda/loader.hpp"
#include "engine/backend/mixed_backend.hpp"
#include "tests/conformance/conformance.hpp"

namespace longwatch::test {
namespace {

/// The CUDA backend with its kernels run on the host, thread by thread.
Result<std::unique_ptr<Backend>> make_emulated(const char* name, const cuda::Emulation& emulation) {
  LW_TRY(auto cpu, make_cpu_backend());
  auto session = std::make_shared<cuda::Session>(cuda::emulated_module(), cuda::open_emulation(emulation));
  return cuda::make_backend(std::move(session), std::string("cuda emulation (") + name + ")", std::move(cpu));
}

/// The CPU and two emulated devices in turn, each submission elsewhere.
Result<std::unique_ptr<Backend>> make_mixed() {
  std::vector<Worker> workers(3);
  LW_TRY(workers[0].backend, make_cpu_backend());
  LW_TRY(workers[1].backend, make_emulated("first", {}));
  LW_TRY(workers[2].backend, make_emulated("second", {.order = cuda::Order::shuffled, .arena = 1 << 14}));
  auto next = std::make_shared<std::atomic<std::size_t>>(0);
  return std::unique_ptr<Backend>(
      MixedBackend::make(std::move(workers), [next](WorkKind, std::int64_t) { return (*next)++ % 3; }));
}

}  // namespace

const std::vector<NamedBackend>& backends() {
  static const std::vector<NamedBackend> all = {
      {"cpu_portable", [] { return make_cpu_backend(VectorLevel::portable); }},
      {"cpu_avx2", [] { return make_cpu_backend(VectorLevel::avx2); }},
      {"cpu_avx512", [] { return make_cpu_backend(VectorLevel::avx512); }},
      {"cuda_forward", [] { return make_emulated("forward", {}); }},
#if !defined(__SANITIZE_ADDRESS__)  // the order of threads decides races, which that sanitizer does not look for
      {"cuda_reversed", [] { return make_emulated("reversed", {.order = cuda::Order::reversed}); }},
      {"cuda_shuffled", [] { return make_emulated("shuffled", {.order = cuda::Order::shuffled}); }},
#endif
      // Without room in shared memory, so that counts go to the device's at once; and in blocks of other sizes.
      {"cuda_unshared",
       [] {
         return make_emulated("unshared",
                              {.threads = 32, .blocks = 7, .piece_rows = 64, .shared = 0, .arena = 1 << 16});
       }},
      // Gram matrices of more than a feature by matrix products.
      {"cuda_blas", [] { return make_emulated("blas", {.blas_features = 2}); }},
      {"mixed", make_mixed},
      {"cuda", [] { return cuda::make_cuda_backend(LONGWATCH_CUDA_MODULE, 0); }},
  };
  return all;
}

const std::vector<std::unique_ptr<Backend>>& usable_backends() {
  static const std::vector<std::unique_ptr<Backend>> usable = [] {
    const char* const only = std::getenv("LONGWATCH_BACKENDS");
    std::vector<std::unique_ptr<Backend>> out;
    for (const NamedBackend& backend : backends()) {
      if (only != nullptr && backend.name != only) continue;
      if (auto made = backend.make(); made.ok()) out.push_back(std::move(made).value());
    }
    if (out.empty()) ADD_FAILURE() << "no backend can be used" << (only == nullptr ? "" : std::string(" of ") + only);
    return out;
  }();
  return usable;
}

namespace {

TEST(Backends, TheBestCpuLevelIsOneOfTheUsable) {
  const auto best = make_cpu_backend();
  ASSERT_TRUE(best.ok());
  bool found = false;
  for (const auto& backend : usable_backends()) found = found || backend->description() == best.value()->description();
  EXPECT_TRUE(found) << best.value()->description();
}

TEST(Backends, ALevelTheMachineLacksIsAUsageErrorThatNamesIt) {
  for (const NamedBackend& backend : backends()) {
    const auto made = backend.make();
    if (made.ok() || !backend.name.starts_with("cpu_")) continue;
    EXPECT_EQ(made.error().code, ErrorCode::usage);
    EXPECT_NE(made.error().what.find(backend.name.substr(4)), std::string::npos);
  }
}

/// Where there is a device every test of this program runs on it too; else this says how many did not.
TEST(Backends, TheSuiteRunsOnADevice) {
  const auto made = cuda::make_cuda_backend(LONGWATCH_CUDA_MODULE, 0);
  if (made.ok()) {
    EXPECT_EQ(made.value()->description(), usable_backends().back()->description());
    return;
  }
  EXPECT_EQ(made.error().code, ErrorCode::usage);
  int tests = 0;
  for (int i = 0; i < testing::UnitTest::GetInstance()->total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *testing::UnitTest::GetInstance()->GetTestSuite(i);
    if (std::string_view(suite.name()) != "Backends") tests += suite.total_test_count();
  }
  GTEST_SKIP() << tests << " tests of backends did not run on a GPU: " << made.error().text();
}

TEST(Backends, PortableCodeRunsEverywhere) { EXPECT_TRUE(make_cpu_backend(VectorLevel::portable).ok()); }

}  // namespace
}  // namespace longwatch::test
