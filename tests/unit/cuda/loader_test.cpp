// Why a module or device cannot be used: each reason is told apart, as an error that names it.
#include "cuda/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace longwatch::cuda {
namespace {

using testing::HasSubstr;

std::string stub(const std::string& kind) {
  return std::filesystem::path(LONGWATCH_STUBS) / ("libcuda_stub_" + kind + ".so");
}

/// The message of what a run with --device cuda would end with.
std::string refusal(const std::string& path, std::int32_t device = 0) {
  const auto made = make_cuda_backend(path, device);
  if (made.ok()) return "it works";
  EXPECT_EQ(made.error().code, ErrorCode::usage);
  return made.error().text();
}

TEST(Loader, AModuleThatIsNotThere) {
  const std::string text = refusal("/nowhere/liblongwatch_cuda.so");
  EXPECT_THAT(text, HasSubstr("/nowhere/liblongwatch_cuda.so: there is no CUDA module"));
  EXPECT_THAT(text, HasSubstr("--device cpu"));
}

TEST(Loader, AFileThatIsNoLibrary) {
  const std::string path = testing::TempDir() + "/no_library.so";
  std::ofstream(path) << "text";
  EXPECT_THAT(refusal(path), HasSubstr("cannot be opened"));
  std::filesystem::remove(path);
}

TEST(Loader, ALibraryThatIsNoModule) {
  EXPECT_THAT(refusal(stub("stranger")), HasSubstr("is no CUDA module"));
  EXPECT_THAT(refusal(stub("empty")), HasSubstr("is no CUDA module"));
}

TEST(Loader, AModuleOfAnotherBuild) {
  const std::string text = refusal(stub("wrong_abi"));
  EXPECT_THAT(text, HasSubstr("of another build"));
  EXPECT_THAT(text, HasSubstr("interface " + std::to_string(kAbiVersion + 6) + ", and this program " +
                              std::to_string(kAbiVersion)));
}

TEST(Loader, DriversThatAreMissingOldOrBroken) {
  EXPECT_THAT(refusal(stub("no_driver")), HasSubstr("there is no NVIDIA driver"));
  EXPECT_THAT(refusal(stub("old_driver")), HasSubstr("made for CUDA 12.2, and the module needs 13.1"));
  EXPECT_THAT(refusal(stub("broken_driver")), HasSubstr("the devices cannot be counted: unknown error"));
}

TEST(Loader, ADriverWithoutDevices) { EXPECT_THAT(refusal(stub("no_device")), HasSubstr("sees no device")); }

TEST(Loader, ADeviceThatIsNotThere) {
  EXPECT_THAT(refusal(stub("two_devices"), 2), HasSubstr("there is no device cuda:2; there are 2"));
  EXPECT_THAT(refusal(stub("two_devices"), -1), HasSubstr("there is no device cuda:-1"));
}

TEST(Loader, ADeviceThatCannotBeOpened) {
  EXPECT_THAT(refusal(stub("two_devices"), 1), HasSubstr("cuda:1 cannot be used: it is used by another program alone"));
}

TEST(Loader, ListsWhatTheDriverTells) {
  const auto module = load_module(stub("two_devices"));
  ASSERT_TRUE(module.ok()) << module.error().text();
  const auto devices = list_devices(*module.value());
  ASSERT_TRUE(devices.ok());
  ASSERT_EQ(devices.value().size(), 2U);
  EXPECT_EQ(devices.value()[1].index, 1);
  EXPECT_EQ(devices.value()[1].name, "second");
  EXPECT_EQ(devices.value()[1].capability, "9.0");
  EXPECT_EQ(devices.value()[1].memory, std::int64_t{80} << 30);
}

/// The module of this build, where there is one: it loads without a driver, and then says that there is none.
TEST(Loader, TheModuleOfThisBuild) {
  if (!std::filesystem::exists(LONGWATCH_CUDA_MODULE)) GTEST_SKIP() << "built without a CUDA compiler";
  const auto module = load_module(LONGWATCH_CUDA_MODULE);
  ASSERT_TRUE(module.ok()) << module.error().text();
  const auto devices = list_devices(*module.value());
  if (devices.ok()) GTEST_SKIP() << "there is a device: " << devices.value().front().name;
  EXPECT_EQ(devices.error().code, ErrorCode::usage);
  Status status{};
  EXPECT_EQ(module.value()->open(0, 0, &status), nullptr);
  EXPECT_NE(status.code, kDone);
}

TEST(Loader, AModuleOfBlasThatCannotBeUsed) {
  const auto refused = [](const std::string& path) {
    const auto blas = load_blas(path);
    return blas.ok() ? std::string("it works") : blas.error().text();
  };
  EXPECT_THAT(refused("/nowhere/blas.so"), HasSubstr("/nowhere/blas.so: there is no cuBLAS module"));
  EXPECT_THAT(refused(stub("blas_missing")), HasSubstr("cannot be opened: liblongwatch_absent_blas.so"));
  EXPECT_THAT(refused(stub("blas_empty")), HasSubstr("is no cuBLAS module"));
  EXPECT_THAT(refused(stub("blas_wrong_abi")), HasSubstr("of another build"));
  EXPECT_THAT(refused(stub("two_devices")), HasSubstr("is no cuBLAS module"));
}

TEST(Loader, TheModuleOfBlasLiesBesideTheOther) {
  EXPECT_EQ(blas_path("/some/lib/liblongwatch_cuda.so"), "/some/lib/liblongwatch_cuda_blas.so");
  ASSERT_EQ(setenv("LONGWATCH_CUDA_BLAS", "/somewhere/blas.so", 1), 0);
  EXPECT_EQ(blas_path("/some/lib/liblongwatch_cuda.so"), "/somewhere/blas.so");
  ASSERT_EQ(unsetenv("LONGWATCH_CUDA_BLAS"), 0);
}

/// The module of this build, where there is one: without a driver or cuBLAS it says so.
TEST(Loader, TheModuleOfBlasOfThisBuild) {
  const std::string path = blas_path(LONGWATCH_CUDA_MODULE);
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "built without cuBLAS";
  const auto blas = load_blas(path);
  if (!blas.ok()) {
    EXPECT_THAT(blas.error().text(), HasSubstr("cannot be opened"));
    return;
  }
  Status status{};
  Blas* const open = blas.value()->open(0, &status);
  EXPECT_EQ(open == nullptr, status.code != kDone);
  blas.value()->close(open);
}

TEST(Loader, ThePathCanBeSet) {
  ASSERT_EQ(setenv("LONGWATCH_CUDA", "/somewhere/else.so", 1), 0);
  EXPECT_EQ(module_path(), "/somewhere/else.so");
  ASSERT_EQ(unsetenv("LONGWATCH_CUDA"), 0);
  EXPECT_EQ(std::filesystem::path(module_path()).filename(), "liblongwatch_cuda.so");
}

}  // namespace
}  // namespace longwatch::cuda
