// What the fuzzer found once (tests/fuzz/source.cpp): an error or an end, and never again what it did.
#include <gtest/gtest.h>

#include "engine/source/digest.hpp"
#include "tests/unit/source/support.hpp"

namespace longwatch::test {
namespace {

TEST(FuzzFinds, AreRefusedOrRead) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kData / "fuzz/source")) {
    SCOPED_TRACE(entry.path());
    ++files;
    const auto source = open_files({entry.path().string()});
    if (!source.ok()) {
      EXPECT_EQ(source.error().text(), valid_utf8(source.error().text()));
      continue;
    }
    const auto digests = digest_columns(*source.value());
    if (!digests.ok()) {
      EXPECT_FALSE(digests.error().where.file.empty());
    }
    for (const ColumnInfo& info : source.value()->columns()) {
      for (const ReadAs as : {ReadAs::number, ReadAs::category, ReadAs::time}) {
        const auto column = read_column(*source.value(), info.name, as, 1000);
        if (!column.ok()) {
          EXPECT_FALSE(column.error().where.file.empty());
        }
      }
    }
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace longwatch::test
