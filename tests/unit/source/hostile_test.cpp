// Corrupt files: an error or the right values, never a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "engine/source/digest.hpp"
#include "tests/unit/source/support.hpp"

namespace longwatch::test {
namespace {

// Everything a file says, or nothing where any part of it is refused.
std::optional<std::string> contents(const std::string& path) {
  const auto source = open_files({path});
  if (!source.ok()) {
    EXPECT_EQ(source.error().text(), valid_utf8(source.error().text()));
    return std::nullopt;
  }
  std::string all;
  for (const ColumnInfo& info : source.value()->columns()) {
    for (const ReadAs as : {ReadAs::number, ReadAs::category, ReadAs::time}) {
      const auto column = read_column(*source.value(), info.name, as, 64);
      all += info.name + info.type_text + (column.ok() ? ":" : ":refused");
      if (!column.ok()) {
        EXPECT_EQ(column.error().text(), valid_utf8(column.error().text()));
        EXPECT_FALSE(column.error().where.file.empty());
        continue;
      }
      for (const auto& value : column.value().values) all += value ? *value + "," : "null,";
    }
  }
  return all;
}

// The columns of `path` that are read as categories, with their values; nothing where the file cannot be opened.
std::optional<std::vector<std::pair<std::string, std::optional<Column>>>> categories(const std::string& path) {
  const auto source = open_files({path});
  if (!source.ok()) return std::nullopt;
  std::vector<std::pair<std::string, std::optional<Column>>> out;
  for (const ColumnInfo& info : source.value()->columns()) {
    auto column = read_column(*source.value(), info.name, ReadAs::category, 64);
    out.emplace_back(info.name, column.ok() ? std::optional(column.value()) : std::nullopt);
  }
  return out;
}

TEST(Truncation, IsAlwaysAnError) {
  const TempFolder folder;
  const std::string bytes = read_bytes(kData / "source/core_checksums.parquet");
  for (std::size_t length = 0; length < bytes.size(); length += 64) {
    const auto source = open_files({folder.write("cut.parquet", bytes.substr(0, length))});
    EXPECT_FALSE(source.ok()) << length;
  }
}

// A file whose end was written, but whose middle is gone.
TEST(Truncation, OfTheMiddleIsAnError) {
  const TempFolder folder;
  const std::string bytes = read_bytes(kData / "source/core_checksums.parquet");
  std::uint32_t footer = 0;
  std::memcpy(&footer, bytes.data() + bytes.size() - 8, 4);
  const auto good = categories(folder.write("good.parquet", bytes));
  for (std::size_t gone = 64; gone + footer + 12 < bytes.size(); gone += 64) {
    const std::string cut = bytes.substr(0, 4) + bytes.substr(4 + gone);
    const auto read = categories(folder.write("cut.parquet", cut));
    EXPECT_FALSE(read.has_value() && (*read)[0].second.has_value()) << gone;
  }
}

TEST(FlippedBytes, OfPagesAreFoundByTheirChecksum) {
  const TempFolder folder;
  const std::string bytes = read_bytes(kData / "source/core_checksums.parquet");
  std::uint32_t footer = 0;
  std::memcpy(&footer, bytes.data() + bytes.size() - 8, 4);
  const auto good = categories(folder.write("good.parquet", bytes));
  int found = 0;
  for (std::size_t at = 4; at < bytes.size() - 8 - footer; ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    const auto read = categories(folder.write("flipped.parquet", flipped));
    ASSERT_TRUE(read.has_value());
    for (std::size_t i = 0; i < good->size(); ++i) {
      if ((*read)[i].second) {
        EXPECT_EQ((*read)[i].second, (*good)[i].second) << "byte " << at << ", column " << (*good)[i].first;
      } else {
        ++found;
      }
    }
  }
  EXPECT_GT(found, 1000);
}

// The footer has no checksum: a flipped name or type may read as another table, but never crash or lose rows.
TEST(FlippedBytes, OfTheFooterNeverCrash) {
  const TempFolder folder;
  const std::string bytes = read_bytes(kData / "source/core_checksums.parquet");
  std::uint32_t footer = 0;
  std::memcpy(&footer, bytes.data() + bytes.size() - 8, 4);
  for (std::size_t at = bytes.size() - 8 - footer; at < bytes.size(); ++at) {
    const int mask = at % 3 == 0 ? 0x01 : at % 3 == 1 ? 0x80 : 0xFF;
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ mask);
    contents(folder.write("flipped.parquet", flipped));
  }
}

TEST(Checksums, FindAChangedValueUnlessTurnedOff) {
  const TempFolder folder;
  std::string bytes = read_bytes(kData / "source/core_checksums_plain.parquet");
  const double value = 100 * 0.1;
  const std::size_t at = bytes.find({reinterpret_cast<const char*>(&value), sizeof value});
  ASSERT_NE(at, std::string::npos);
  bytes[at + 6] = static_cast<char>(bytes[at + 6] ^ 0x04);
  const std::vector<std::string> paths{folder.write("changed.parquet", bytes)};
  const auto checked = read_column(*open_files(paths).value(), "double", ReadAs::number, 64);
  ASSERT_FALSE(checked.ok());
  EXPECT_THAT(checked.error().text(), testing::HasSubstr("row group 0, column 'double'"));
  SourceOptions options;
  options.verify_checksums = false;
  const auto unchecked = read_column(*Source::open(paths, "", options).value(), "double", ReadAs::number, 64);
  ASSERT_TRUE(unchecked.ok());
  EXPECT_EQ(unchecked.value().values[100], "8");
}

TEST(Bombs, AreRefusedBeforeTheyUnpack) {
  const auto source = open_files({(kData / "source/bomb.parquet").string()});
  const auto column = read_column(*source.value(), "text", ReadAs::category, 64);
  ASSERT_FALSE(column.ok());
  EXPECT_THAT(column.error().text(), testing::HasSubstr("bomb.parquet: row group 0, column 'text'"));
  EXPECT_THAT(column.error().text(), testing::HasSubstr("bytes of memory"));
}

class BadData : public testing::TestWithParam<std::pair<const char*, const char*>> {};

// Each file has a defect in one column; the message names it.
TEST_P(BadData, IsRefused) {
  const auto [file, reason] = GetParam();
  const auto source = open_files({(kData / "hostile/bad_data" / file).string()});
  const auto digests =
      source.ok() ? digest_columns(*source.value()) : Result<std::vector<ColumnDigest>>(source.error());
  ASSERT_FALSE(digests.ok());
  EXPECT_THAT(digests.error().text(), testing::HasSubstr(file));
  EXPECT_THAT(digests.error().text(), testing::HasSubstr(reason));
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadData,
    testing::Values(std::pair("ARROW-GH-41317.parquet", "row group 1, column 'uint8': the footer is corrupt"),
                    std::pair("ARROW-GH-41321.parquet", "column 'int64'"),
                    std::pair("ARROW-GH-47662.parquet", "row group 0, column 'flba_field'"),
                    std::pair("ARROW-RS-GH-6229-DICTHEADER.parquet", "row group 0, column 'name': its data lie outside the file")));

// Their only column is nested or of no known type: it is never decoded, and reading it is refused.
TEST(BadDataWithoutFlatColumns, IsRefused) {
  for (const char* file : {"ARROW-GH-45185.parquet", "ARROW-RS-GH-6229-LEVELS.parquet", "PARQUET-1481.parquet"}) {
    const auto source = open_files({(kData / "hostile/bad_data" / file).string()});
    ASSERT_TRUE(source.ok()) << source.error().text();
    ASSERT_EQ(source.value()->columns().size(), 1U);
    for (const ReadAs as : {ReadAs::number, ReadAs::category, ReadAs::time}) {
      const auto column = read_column(*source.value(), source.value()->columns()[0].name, as, 64);
      ASSERT_FALSE(column.ok());
      EXPECT_THAT(column.error().text(), testing::HasSubstr("cannot be read as"));
    }
  }
}

// Odd but valid: indices of bit width 0. The numbers are pyarrow's.
TEST(OddData, WithIndicesOfNoBitsIsRead) {
  const auto source = open_files({(kData / "hostile/bad_data/ARROW-GH-43605.parquet").string()});
  const auto column = read_column(*source.value(), "min_fl", ReadAs::number, 1000);
  ASSERT_TRUE(column.ok()) << column.error().text();
  EXPECT_EQ(column.value().values.size(), 21186U);
  double sum = 0;
  for (const auto& value : column.value().values) sum += std::stod(value.value());
  EXPECT_EQ(sum, 0);
}

}  // namespace
}  // namespace longwatch::test
