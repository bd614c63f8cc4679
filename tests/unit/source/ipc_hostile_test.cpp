// Corrupt Arrow files: an error or some values, never a crash, never much memory.
#include <arrow/array/array_dict.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/util.h>
#include <arrow/json/from_string.h>
#include <arrow/scalar.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tests/unit/source/ipc_support.hpp"
#include "tests/unit/source/support.hpp"

namespace longwatch::test {
namespace {

using testing::HasSubstr;

// A column of each kind of storage, in batches of 5 rows.
std::shared_ptr<arrow::Table> small_table() {
  const auto array = [](const std::shared_ptr<arrow::DataType>& type, const char* json) {
    return must(arrow::json::ArrayFromJSONString(type, json));
  };
  const auto coded = arrow::dictionary(arrow::int8(), arrow::utf8());
  const arrow::ArrayVector arrays{
      array(arrow::boolean(), "[true, false, null, true, true, false, true, null, null]"),
      array(arrow::float64(), "[1.5, null, 3, 4, 5, 6, 7, 8, 9]"),
      array(arrow::int16(), "[1, 2, 3, 4, 5, 6, 7, 8, 9]"),
      array(arrow::utf8(), R"(["a", "bc", null, "", "d", "e", "fgh", "i", "j"])"),
      array(arrow::list(arrow::int8()), "[[1], [], null, [2], [3], [4], [5], [6], [7]]"),
      array(arrow::utf8_view(),
            R"(["a", "b", null, "a text of some length", "d", "e", "another, longer text", "h", "i"])"),
      must(arrow::json::DictArrayFromJSONString(coded, "[0, 1, null, 1, 0, 0, 0, 1, 1]", R"(["x", "y"])")),
      array(arrow::decimal128(12, 3),
            R"(["1.000", null, "2.500", "3.000", "4.000", "5.000", "6.000", "7.000", "8.000"])"),
      array(arrow::null(), "[null, null, null, null, null, null, null, null, null]"),
  };
  arrow::FieldVector fields;
  for (const auto& one : arrays) fields.push_back(arrow::field("c" + std::to_string(fields.size()), one->type()));
  return arrow::Table::Make(arrow::schema(fields), arrays);
}

// Reads all that can be read; says how many columns were.
int read_all(const std::string& path) {
  const auto source = open_files({path});
  if (!source.ok()) {
    EXPECT_EQ(source.error().text(), valid_utf8(source.error().text()));
    EXPECT_THAT(source.error().text(), HasSubstr("a.arrow"));
    return 0;
  }
  if (source.value()->rows() > 1'000'000) return 0;  // a flipped number of rows in a table of nulls
  int columns = 0;
  for (const ColumnInfo& info : source.value()->columns()) {
    for (const ReadAs as : {ReadAs::number, ReadAs::category, ReadAs::time}) {
      const auto column = read_column(*source.value(), info.name, as, 4);
      columns += column.ok() ? 1 : 0;
      if (!column.ok()) {
        EXPECT_FALSE(column.error().where.file.empty());
      }
    }
  }
  return columns;
}

class CorruptIpc : public testing::TestWithParam<arrow::Compression::type> {
 protected:
  std::string bytes_ = ipc_bytes(*small_table(), 5, ipc_options(GetParam()));
  TempFolder folder_;
};

TEST_P(CorruptIpc, EveryPrefixIsAnError) {
  ASSERT_GT(read_all(folder_.write("a.arrow", bytes_)), 15);
  for (std::size_t length = 0; length < bytes_.size(); ++length) {
    EXPECT_FALSE(open_files({folder_.write("a.arrow", bytes_.substr(0, length))}).ok()) << length;
  }
}

TEST_P(CorruptIpc, NoFlippedByteCrashes) {
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    const int mask = at % 3 == 0 ? 0x01 : at % 3 == 1 ? 0x80 : 0xFF;
    std::string flipped = bytes_;
    flipped[at] = static_cast<char>(flipped[at] ^ mask);
    read_all(folder_.write("a.arrow", flipped));
  }
}

// Numbers of eight bytes at a time, as lengths and offsets are.
TEST_P(CorruptIpc, NoHugeNumberCrashes) {
  for (const std::int64_t number : {INT64_MAX, INT64_MIN, std::int64_t{-1}, std::int64_t{1} << 40}) {
    for (std::size_t at = 8; at + 8 <= bytes_.size(); at += 8) {
      std::string changed = bytes_;
      std::memcpy(changed.data() + at, &number, sizeof number);
      read_all(folder_.write("a.arrow", changed));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, CorruptIpc,
                         testing::Values(arrow::Compression::UNCOMPRESSED, arrow::Compression::LZ4_FRAME,
                                         arrow::Compression::ZSTD),
                         [](const auto& test) { return arrow::util::Codec::GetCodecAsString(test.param); });

std::string first_error(const std::string& path, const std::string& column) {
  const auto source = open_files({path});
  if (!source.ok()) return source.error().text();
  const auto read = read_column(*source.value(), column, ReadAs::category, 64);
  return read.ok() ? "read" : read.error().text();
}

TEST(CorruptIpcValues, NameTheFileTheBatchAndTheColumn) {
  const TempFolder folder;
  const auto type = arrow::dictionary(arrow::int8(), arrow::utf8());
  const auto coded = std::make_shared<arrow::DictionaryArray>(
      type, must(arrow::json::ArrayFromJSONString(arrow::int8(), "[0, 0, 1, 99]")),
      must(arrow::json::ArrayFromJSONString(arrow::utf8(), R"(["x", "y"])")));
  const auto table = arrow::Table::Make(arrow::schema({arrow::field("code", type)}), arrow::ArrayVector{coded});
  const std::string bytes = ipc_bytes(*table, 2, ipc_options());
  const std::string error = first_error(folder.write("a.arrow", bytes), "code");
  EXPECT_THAT(error, HasSubstr("a.arrow: row group 1, column 'code': an index lies beyond the dictionary"));
}

TEST(CorruptIpcValues, BombsAreRefusedBeforeTheyUnpack) {
  arrow::StringBuilder builder;
  must(builder.Append(std::string(200 << 20, 'a')));
  const auto array = must(builder.Finish());
  const auto table =
      arrow::Table::Make(arrow::schema({arrow::field("text", arrow::utf8())}), arrow::ArrayVector{array});
  const TempFolder folder;
  const std::string bytes = ipc_bytes(*table, 1, ipc_options(arrow::Compression::ZSTD));
  ASSERT_LT(bytes.size(), 64U << 10);
  const std::string error = first_error(folder.write("bomb.arrow", bytes), "text");
  EXPECT_THAT(error, HasSubstr("bomb.arrow: row group 0, column 'text'"));
  EXPECT_THAT(error, HasSubstr("bytes of memory"));
}

// Zeros compress well; a column of them is no attack, and needs no memory of its size.
TEST(CorruptIpcValues, LargeConstantColumnsAreRead) {
  const std::int64_t rows = 40'000'000;
  const auto array = must(arrow::MakeArrayFromScalar(arrow::DoubleScalar(0), rows));
  const auto table =
      arrow::Table::Make(arrow::schema({arrow::field("zero", arrow::float64())}), arrow::ArrayVector{array});
  const TempFolder folder;
  const std::string path = folder.write("a.arrow", ipc_bytes(*table, rows, ipc_options(arrow::Compression::ZSTD)));
  const auto source = open_files({path});
  ASSERT_TRUE(source.ok()) << source.error().text();
  ASSERT_LT(source.value()->files()[0].bytes, 1 << 20);
  const auto reader = source.value()->read(source.value()->row_groups()[0], "zero", ReadAs::number);
  std::int64_t read = 0;
  while (read < rows) {
    const auto view = reader.value()->next(65'536);
    ASSERT_TRUE(view.ok()) << view.error().text();
    read += view.value().length;
  }
  EXPECT_EQ(read, rows);
}

}  // namespace
}  // namespace longwatch::test
