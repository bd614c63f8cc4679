// The backends under test.

#include "tests/conformance/conformance.hpp"

namespace longwatch::test {

const std::vector<NamedBackend>& backends() {
  static const std::vector<NamedBackend> all = {
      {"cpu_portable", [] { return make_cpu_backend(VectorLevel::portable); }},
      {"cpu_avx2", [] { return make_cpu_backend(VectorLevel::avx2); }},
      {"cpu_avx512", [] { return make_cpu_backend(VectorLevel::avx512); }},
  };
  return all;
}

std::vector<std::unique_ptr<Backend>> usable_backends() {
  std::vector<std::unique_ptr<Backend>> usable;
  for (const NamedBackend& backend : backends()) {
    if (auto made = backend.make(); made.ok()) usable.push_back(std::move(made).value());
  }
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
    if (made.ok()) continue;
    EXPECT_EQ(made.error().code, ErrorCode::usage);
    EXPECT_NE(made.error().what.find(backend.name.substr(4)), std::string::npos);
  }
}

TEST(Backends, PortableCodeRunsEverywhere) { EXPECT_TRUE(make_cpu_backend(VectorLevel::portable).ok()); }

}  // namespace
}  // namespace longwatch::test
