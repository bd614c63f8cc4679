// What the fuzzer found once (tests/fuzz/config.cpp): an error with a message, or a fleet.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/base/text.hpp"
#include "engine/config/config.hpp"

namespace longwatch {
namespace {

TEST(FuzzFinds, AreRefusedOrParsed) {
  int files = 0;
  const auto folder = std::filesystem::path(LONGWATCH_SOURCE_FOLDER) / "tests/data/fuzz/config";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path());
    ++files;
    std::ifstream in(entry.path(), std::ios::binary);
    const auto fleet = parse_config({std::istreambuf_iterator<char>(in), {}}, "fuzz.yaml");
    if (!fleet.ok()) {
      EXPECT_EQ(fleet.error().text(), valid_utf8(fleet.error().text()));
      EXPECT_FALSE(fleet.error().what.empty());
    }
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace longwatch
