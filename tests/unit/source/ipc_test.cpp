// Arrow IPC files say the same as Parquet files of the same table; other formats are refused by name.
#include <arrow/array/array_nested.h>
#include <arrow/array/util.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/source/digest.hpp"
#include "tests/unit/source/ipc_support.hpp"
#include "tests/unit/source/support.hpp"

namespace longwatch::test {
namespace {

using testing::HasSubstr;

std::string data(const std::string& name) { return (kData / "source" / name).string(); }

// Both sources give the same for every column in every way: values, nulls, types, zones, or a refusal.
void expect_same(const Source& one, const Source& other, std::int64_t slab) {
  ASSERT_EQ(one.columns().size(), other.columns().size());
  for (std::size_t i = 0; i < one.columns().size(); ++i) {
    const ColumnInfo& info = one.columns()[i];
    SCOPED_TRACE(info.name);
    EXPECT_EQ(info.name, other.columns()[i].name);
    EXPECT_EQ(info.type, other.columns()[i].type);
    EXPECT_EQ(info.type_text, other.columns()[i].type_text);
    EXPECT_EQ(info.zoned, other.columns()[i].zoned);
    for (const ReadAs as : {ReadAs::number, ReadAs::category, ReadAs::time}) {
      const auto a = read_column(one, info.name, as, slab);
      const auto b = read_column(other, info.name, as, slab);
      ASSERT_EQ(a.ok(), b.ok()) << (a.ok() ? b.error().text() : a.error().text());
      if (a.ok()) {
        EXPECT_EQ(a.value(), b.value()) << static_cast<int>(as);
      }
    }
  }
}

struct Variant {
  const char* name;
  std::int64_t rows;
  arrow::Compression::type codec;
};

class IpcFiles : public testing::TestWithParam<std::tuple<const char*, Variant>> {};

TEST_P(IpcFiles, SayTheSameAsParquet) {
  const auto& [parquet, variant] = GetParam();
  const auto table = parquet_table(data(parquet));
  const TempFolder folder;
  // The suffix is of no importance.
  const std::string path = folder.write("a.parquet", ipc_bytes(*table, variant.rows, ipc_options(variant.codec)));
  const auto ipc = open_files({path});
  ASSERT_TRUE(ipc.ok()) << ipc.error().text();
  EXPECT_EQ(ipc.value()->row_groups().size(),
            static_cast<std::size_t>((table->num_rows() + variant.rows - 1) / variant.rows));
  for (const std::int64_t slab : {3, 64, 100'000})
    expect_same(*open_files({data(parquet)}).value(), *ipc.value(), slab);
}

INSTANTIATE_TEST_SUITE_P(All, IpcFiles,
                         testing::Combine(testing::Values("types_v2.parquet", "core_checksums.parquet",
                                                          "int96.parquet"),
                                          testing::Values(Variant{"Plain", 1'000, arrow::Compression::UNCOMPRESSED},
                                                          Variant{"Small", 7, arrow::Compression::UNCOMPRESSED},
                                                          Variant{"Lz4", 1'000, arrow::Compression::LZ4_FRAME},
                                                          Variant{"Zstd", 64, arrow::Compression::ZSTD})),
                         [](const auto& test) {
                           const std::string file = std::get<0>(test.param);
                           return file.substr(0, file.find('.')) + std::get<1>(test.param).name;
                         });

std::shared_ptr<arrow::Table> table_of(const std::string& name, const std::shared_ptr<arrow::DataType>& type,
                                       const std::string& json) {
  const auto array = must(arrow::json::ArrayFromJSONString(type, json));
  return arrow::Table::Make(arrow::schema({arrow::field(name, type)}), {array});
}

// The values of one column as categories, or the error.
testing::AssertionResult reads(const arrow::Table& table, const std::vector<std::optional<std::string>>& expected,
                               const std::string& type_text) {
  const TempFolder folder;
  for (const auto codec : {arrow::Compression::UNCOMPRESSED, arrow::Compression::ZSTD}) {
    const auto source = open_files({folder.write("a.arrow", ipc_bytes(table, 3, ipc_options(codec)))});
    if (!source.ok()) return testing::AssertionFailure() << source.error().text();
    if (source.value()->columns()[0].type_text != type_text)
      return testing::AssertionFailure() << source.value()->columns()[0].type_text;
    const auto column = read_column(*source.value(), "a", ReadAs::category, 2);
    if (!column.ok()) return testing::AssertionFailure() << column.error().text();
    if (column.value().values != expected)
      return testing::AssertionFailure() << testing::PrintToString(column.value().values);
  }
  return testing::AssertionSuccess();
}

// Types that Parquet files cannot hold or that Arrow changes on the way there.
TEST(IpcTypes, BeyondParquets) {
  using namespace arrow;  // NOLINT(google-build-using-namespace)
  EXPECT_TRUE(reads(*table_of("a", time32(TimeUnit::SECOND), "[0, 61, null, 86399]"),
                    {"00:00:00", "00:01:01", std::nullopt, "23:59:59"}, "time[ms]"));
  EXPECT_TRUE(reads(*table_of("a", timestamp(TimeUnit::SECOND, "UTC"), "[0, -1, null, 1367391600]"),
                    {"1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", std::nullopt, "2013-05-01T07:00:00Z"},
                    "timestamp[ms, UTC]"));
  EXPECT_TRUE(reads(*table_of("a", date64(), "[0, -86400000, null, 1367366400000]"),
                    {"1970-01-01", "1969-12-31", std::nullopt, "2013-05-01"}, "date"));
  EXPECT_TRUE(
      reads(*table_of("a", duration(TimeUnit::MILLI), "[5, null, -7, 0]"), {"5", std::nullopt, "-7", "0"}, "int64"));
  EXPECT_TRUE(reads(*table_of("a", decimal32(5, 2), R"(["1.50", "-999.99", null, "0.00"])"),
                    {"1.5", "-999.99", std::nullopt, "0"}, "decimal(5,2)"));
  EXPECT_TRUE(reads(*table_of("a", decimal64(18, 4), R"(["99999999999999.9999", null, "-0.0001", "7.0000"])"),
                    {"99999999999999.9999", std::nullopt, "-0.0001", "7"}, "decimal(18,4)"));
  const std::string texts = R"(["", "twelve bytes", null, "thirteen byte", "a text that lies in a data buffer"])";
  const std::vector<std::optional<std::string>> expected{"", "twelve bytes", std::nullopt, "thirteen byte",
                                                         "a text that lies in a data buffer"};
  for (const auto& type : {utf8(), large_utf8(), utf8_view()})
    EXPECT_TRUE(reads(*table_of("a", type, texts), expected, "string"));
}

TEST(IpcDictionaries, MayHoldNullsAndRepeatedValues) {
  const auto type = arrow::dictionary(arrow::uint8(), arrow::utf8());
  const auto array =
      must(arrow::json::DictArrayFromJSONString(type, "[0, 1, 2, 3, null, 0]", R"(["x", null, "x", "y"])"));
  const auto table = arrow::Table::Make(arrow::schema({arrow::field("a", type)}), {array});
  EXPECT_TRUE(reads(*table, {"x", std::nullopt, "x", "y", std::nullopt, "x"}, "string"));
  const auto numbers = arrow::dictionary(arrow::int64(), arrow::float64());
  const auto coded = must(arrow::json::DictArrayFromJSONString(numbers, "[1, 0, null, 1]", "[0.5, 2]"));
  EXPECT_TRUE(reads(*arrow::Table::Make(arrow::schema({arrow::field("a", numbers)}), {coded}),
                    {"2", "0.5", std::nullopt, "2"}, "double"));
}

TEST(IpcDictionaries, GrowByDeltas) {
  const auto type = arrow::dictionary(arrow::int8(), arrow::utf8());
  const auto schema = arrow::schema({arrow::field("a", type)});
  auto options = ipc_options();
  options.unify_dictionaries = false;
  options.emit_dictionary_deltas = true;
  const auto out = must(arrow::io::BufferOutputStream::Create());
  const auto writer = must(arrow::ipc::MakeFileWriter(out, schema, options));
  for (const char* words : {R"(["x"])", R"(["x", "y"])", R"(["x", "y", "z"])"}) {
    const auto array = must(arrow::json::DictArrayFromJSONString(type, "[0, 0]", words));
    must(writer->WriteRecordBatch(*arrow::RecordBatch::Make(schema, 2, {array})));
  }
  const auto last = must(arrow::json::DictArrayFromJSONString(type, "[2, 1]", R"(["x", "y", "z"])"));
  must(writer->WriteRecordBatch(*arrow::RecordBatch::Make(schema, 2, {last})));
  must(writer->Close());
  const TempFolder folder;
  const auto source = open_files({folder.write("a.arrow", must(out->Finish())->ToString())});
  ASSERT_TRUE(source.ok()) << source.error().text();
  EXPECT_THAT(read_column(*source.value(), "a", ReadAs::category, 5).value().values,
              testing::ElementsAre("x", "x", "x", "x", "x", "x", "z", "y"));
}

TEST(IpcTypes, ColumnsBehindNestedOnesAreFound) {
  const std::string rows = R"([{"l": [["p"], null], "v": "a long text in a buffer", "m": [["k", 1.5]], "a": 7}, null,
                               {"l": [], "v": null, "m": [], "a": 9}])";
  const auto type = arrow::struct_(
      {arrow::field("l", arrow::list(arrow::list(arrow::utf8_view()))), arrow::field("v", arrow::utf8_view()),
       arrow::field("m", arrow::map(arrow::utf8(), arrow::float64())), arrow::field("a", arrow::int32())});
  const auto array = must(arrow::json::ArrayFromJSONString(type, rows));
  const auto inner = std::static_pointer_cast<arrow::StructArray>(array);
  const auto schema = arrow::schema({arrow::field("s", type), arrow::field("v", arrow::utf8_view()),
                                     arrow::field("n", arrow::null()), arrow::field("a", arrow::int32())});
  const auto table =
      arrow::Table::Make(schema, {array, must(inner->GetFlattenedField(1)),
                                  must(arrow::MakeArrayOfNull(arrow::null(), 3)), must(inner->GetFlattenedField(3))});
  const TempFolder folder;
  const auto source = open_files({folder.write("a.arrow", ipc_bytes(*table, 10, ipc_options()))});
  ASSERT_TRUE(source.ok()) << source.error().text();
  EXPECT_EQ(source.value()->find("s")->type, FileType::nested);
  EXPECT_THAT(read_column(*source.value(), "v", ReadAs::category, 5).value().values,
              testing::ElementsAre("a long text in a buffer", std::nullopt, std::nullopt));
  EXPECT_THAT(read_column(*source.value(), "a", ReadAs::number, 5).value().values,
              testing::ElementsAre("7", std::nullopt, "9"));
  EXPECT_EQ(read_column(*source.value(), "n", ReadAs::number, 5).value().nulls, 3);
}

TEST(IpcFilesAndParquet, MixInOneTable) {
  const TempFolder folder;
  const std::string parquet = read_bytes(data("core_checksums.parquet"));
  folder.write("b.parquet", parquet);
  folder.write("a.arrow", ipc_bytes(*parquet_table(data("core_checksums.parquet")), 64, ipc_options()));
  const auto both = open_files({"*"}, folder.path());
  ASSERT_TRUE(both.ok()) << both.error().text();
  EXPECT_EQ(both.value()->rows(), 300);
  const TempFolder other;
  for (const char* name : {"a.parquet", "b.parquet"}) other.write(name, parquet);
  expect_same(*open_files({"*"}, other.path()).value(), *both.value(), 64);
}

TEST(IpcFilesAndParquet, FilesAndBatchesWithoutRowsAreFine) {
  const TempFolder folder;
  const auto table = parquet_table(data("no_rows.parquet"));
  folder.write("a.arrow", ipc_bytes(*table, 10, ipc_options()));
  const auto source = open_files({"a.arrow"}, folder.path());
  ASSERT_TRUE(source.ok()) << source.error().text();
  EXPECT_EQ(source.value()->rows(), 0);
  EXPECT_EQ(source.value()->columns().size(), static_cast<std::size_t>(table->num_columns()));
  const auto schema = arrow::schema({arrow::field("a", arrow::int8())});
  const auto out = must(arrow::io::BufferOutputStream::Create());
  const auto writer = must(arrow::ipc::MakeFileWriter(out, schema, ipc_options()));
  for (const char* json : {"[]", "[1]", "[]"}) {
    const auto array = must(arrow::json::ArrayFromJSONString(arrow::int8(), json));
    must(writer->WriteRecordBatch(*arrow::RecordBatch::Make(schema, array->length(), {array})));
  }
  must(writer->Close());
  const auto sparse = open_files({folder.write("b.arrow", must(out->Finish())->ToString())});
  EXPECT_EQ(sparse.value()->row_groups().size(), 3U);
  EXPECT_THAT(read_column(*sparse.value(), "a", ReadAs::number, 7).value().values, testing::ElementsAre("1"));
}

TEST(IpcFiles, FingerprintFollowsValuesAndNotPlace) {
  const TempFolder folder;
  const auto bytes = [](const char* json) {
    return ipc_bytes(*table_of("a", arrow::int64(), json), 10, ipc_options());
  };
  const auto fingerprint = [&](const std::string& path) { return open_files({path}).value()->files()[0].fingerprint; };
  const std::uint64_t one = fingerprint(folder.write("1.arrow", bytes("[1, 2, 3]")));
  EXPECT_EQ(one, fingerprint(folder.write("2.arrow", bytes("[1, 2, 3]"))));
  EXPECT_NE(one, fingerprint(folder.write("3.arrow", bytes("[1, 2, 4]"))));
}

std::string open_error(const std::string& path) {
  const auto source = open_files({path});
  return source.ok() ? "opened" : source.error().text();
}

TEST(OtherFormats, AreRefusedByName) {
  const TempFolder folder;
  const auto table = table_of("a", arrow::int64(), "[1, 2, 3]");
  EXPECT_THAT(open_error(folder.write("s.arrow", ipc_bytes(*table, 10, ipc_options(), true))),
              HasSubstr("s.arrow: not a Parquet file but an Arrow stream, not an Arrow file (write it as a file"));
  auto legacy = ipc_options();
  legacy.write_legacy_ipc_format = true;
  EXPECT_THAT(open_error(folder.write("l.arrow", ipc_bytes(*table, 10, legacy, true))), HasSubstr("an Arrow stream"));
  EXPECT_EQ(open_error(folder.write("f.arrow", ipc_bytes(*table, 10, legacy))), "opened");
  EXPECT_THAT(open_error(folder.write("one.feather", "FEA1" + std::string(64, '\0') + "FEA1")),
              HasSubstr("a Feather file of version 1 (write it again as version 2"));
  EXPECT_THAT(open_error(folder.write("a.csv", "a,b,c\n1,2,3\n")), HasSubstr("text, such as CSV or JSON (convert it"));
  EXPECT_THAT(open_error(folder.write("a.csv.gz", "\x1F\x8B\x08" + std::string(40, 'x'))), HasSubstr("a gzip file"));
  EXPECT_THAT(open_error(folder.write("noise", std::string(100, '\xAB'))), HasSubstr("not a Parquet file"));
}

}  // namespace
}  // namespace longwatch::test
