// What the fuzzer found once (tests/fuzz/profile.cpp): an error, or a profile that is written and read back.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/base/text.hpp"
#include "engine/profile/file_format.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {
namespace {

TEST(FuzzFinds, AreRefusedOrWrittenAndReadBack) {
  int files = 0;
  const auto folder = std::filesystem::path(LONGWATCH_SOURCE_FOLDER) / "tests/data/fuzz/profile";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path());
    ++files;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    const auto profile =
        ReferenceProfile::deserialize(wrap_content(content, ReferenceProfile::kVersion), "fuzz.profile");
    if (!profile.ok()) {
      EXPECT_EQ(profile.error().text(), valid_utf8(profile.error().text()));
      continue;
    }
    const std::string written = profile.value().serialize();
    const auto again = ReferenceProfile::deserialize(written, "fuzz.profile");
    ASSERT_TRUE(again.ok()) << again.error().text();
    EXPECT_EQ(again.value().serialize(), written);
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace longwatch
