// What cannot be opened or read is refused with a sentence that says where and why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/source/support.hpp"

namespace longwatch::test {
namespace {

using testing::HasSubstr;

std::string data(const std::string& name) { return (kData / "source" / name).string(); }

std::string open_error(const std::vector<std::string>& patterns, const std::string& folder = "") {
  const auto source = open_files(patterns, folder);
  if (source.ok()) return "opened";
  EXPECT_EQ(source.error().code, ErrorCode::data);
  return source.error().text();
}

TEST(Open, NamesWhatIsMissing) {
  EXPECT_THAT(open_error({"/no/such/file.parquet"}), HasSubstr("/no/such/file.parquet: no such file"));
  EXPECT_THAT(open_error({"nothing_*.parquet"}, data("")), HasSubstr("no file matches"));
  EXPECT_THAT(open_error({"nothing_*.parquet"}, data("")), HasSubstr("nothing_*.parquet"));
  const TempFolder empty;
  EXPECT_THAT(open_error({empty.path()}), HasSubstr(empty.path() + ": the folder holds no .parquet"));
  EXPECT_THAT(open_error({}), HasSubstr("no files are named"));
  EXPECT_THAT(open_error({""}), HasSubstr("empty path"));
  EXPECT_THAT(open_error({std::string("a\0b", 3)}), HasSubstr("zero byte"));
}

TEST(Open, RefusesWhatIsNoParquet) {
  const TempFolder folder;
  EXPECT_THAT(open_error({folder.write("empty.parquet", "")}), HasSubstr("empty (0 bytes)"));
  EXPECT_THAT(open_error({folder.write("a.csv", "a,b,c\n1,2,3\n4,5,6\n")}), HasSubstr("not a Parquet file"));
  EXPECT_THAT(open_error({folder.write("short", "PAR1")}), HasSubstr("not a whole Parquet file"));
  EXPECT_THAT(open_error({folder.write("eight", "PAR1PAR1")}), HasSubstr("not a whole Parquet file"));
  EXPECT_THAT(open_error({folder.write("secret", std::string("PARE\x01\0\0\0x\x01\0\0\0PARE", 17))}),
              HasSubstr("encrypted"));
  EXPECT_THAT(open_error({folder.write("no_footer", std::string("PAR1\0\0\0\0PAR1", 12))}),
              HasSubstr("footer claims 0"));
  EXPECT_THAT(open_error({folder.write("long_footer", std::string("PAR1\xFF\xFF\xFF\x7FPAR1", 12))}),
              HasSubstr("footer claims 2147483647"));
  EXPECT_THAT(open_error({folder.write("noise", "PAR1" + std::string(64, '\xAB') + std::string("\x20\0\0\0PAR1", 8))}),
              HasSubstr("noise"));
}

TEST(Open, DoesNotWaitForAPipe) {
  const TempFolder folder;
  const std::string pipe = folder.path() + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(open_error({pipe}), HasSubstr("not a regular file"));
}

TEST(Open, SortsFilesAndTakesEachOnce) {
  const TempFolder folder;
  const std::string bytes = read_bytes(data("core_dict_gzip_v2.parquet"));
  for (const char* name : {"b.parquet", "a10.parquet", "a2.parquet", ".hidden.parquet"}) folder.write(name, bytes);
  const auto source = open_files({"?.parquet", "./*.parquet", "b.parquet"}, folder.path());
  ASSERT_TRUE(source.ok()) << source.error().text();
  std::vector<std::string> paths;
  for (const SourceFile& file : source.value()->files()) paths.push_back(file.path);
  EXPECT_THAT(paths, testing::ElementsAre(folder.path() + "/a10.parquet", folder.path() + "/a2.parquet",
                                          folder.path() + "/b.parquet"));
  EXPECT_EQ(source.value()->rows(), 450);
  EXPECT_EQ(source.value()->row_groups()[2].first_row, 300);
  EXPECT_EQ(source.value()->files()[0].fingerprint, source.value()->files()[1].fingerprint);
  EXPECT_EQ(source.value()->files()[0].bytes, static_cast<std::int64_t>(bytes.size()));
}

TEST(Open, MatchesPatternsInFolders) {
  const TempFolder folder;
  std::filesystem::create_directories(folder.path() + "/day=1");
  std::filesystem::create_directories(folder.path() + "/day=2.parquet");
  const std::string bytes = read_bytes(data("core_dict_gzip_v2.parquet"));
  folder.write("day=1/x.parquet", bytes);
  folder.write("day=2.parquet/y.parquet", bytes);
  folder.write("star*.parquet", bytes);
  EXPECT_EQ(open_files({"day=*/*.parquet"}, folder.path()).value()->files().size(), 2U);
  EXPECT_EQ(open_files({"star*.parquet"}, folder.path()).value()->files().size(), 1U);
  EXPECT_THAT(open_error({"day=?"}, folder.path()), HasSubstr("no file matches"));
}

TEST(Open, FilesWithoutRowsAreFine) {
  const auto source = open_files({"no_rows.parquet"}, data(""));
  ASSERT_TRUE(source.ok()) << source.error().text();
  EXPECT_EQ(source.value()->rows(), 0);
  for (const ReadAs as : {ReadAs::number, ReadAs::category, ReadAs::time}) {
    const auto column = read_column(*source.value(), "int", as, 7);
    ASSERT_TRUE(column.ok()) << column.error().text();
    EXPECT_TRUE(column.value().values.empty());
  }
  const auto both = open_files({"no_rows.parquet", "core_dict_gzip_v2.parquet"}, data(""));
  EXPECT_EQ(both.value()->rows(), 150);
}

TEST(Open, ManyFilesAreReopenedForEveryChunk) {
  const TempFolder folder;
  const std::string bytes = read_bytes(data("core_dict_gzip_v2.parquet"));
  for (int i = 100; i < 180; ++i) folder.write(std::to_string(i) + ".parquet", bytes);
  const auto source = open_files({"*.parquet"}, folder.path());
  ASSERT_TRUE(source.ok()) << source.error().text();
  EXPECT_EQ(read_column(*source.value(), "int", ReadAs::number, 1000).value().values.size(), 80U * 150U);
  folder.write("123.parquet", read_bytes(data("core_dict_lz4.parquet")));
  const auto changed = read_column(*source.value(), "int", ReadAs::number, 1000);
  ASSERT_FALSE(changed.ok());
  EXPECT_THAT(changed.error().text(), HasSubstr("123.parquet"));
  EXPECT_THAT(changed.error().text(), HasSubstr("was changed"));
}

TEST(Schemas, MustAgree) {
  EXPECT_THAT(open_error({"core_fallback.parquet", "int96.parquet"}, data("")), HasSubstr("int96.parquet"));
  EXPECT_THAT(open_error({"core_fallback.parquet", "int96.parquet"}, data("")), HasSubstr("core_fallback.parquet"));
  const std::string conflict = open_error({"text_a.parquet", "float_a.parquet"}, data("schemas"));
  EXPECT_THAT(conflict, HasSubstr("column 'a': the type is string here, but double in"));
  EXPECT_THAT(conflict, HasSubstr("float_a.parquet"));
  EXPECT_THAT(conflict, HasSubstr("text_a.parquet"));
  EXPECT_THAT(open_error({"local_a.parquet", "zoned_a.parquet"}, data("schemas")), HasSubstr("timestamp"));
}

TEST(Schemas, MustAgreeOnRepeatedNames) {
  const TempFolder folder;
  folder.write("1.parquet", read_bytes(data("schemas/int64_a.parquet")));
  folder.write("2.parquet", read_bytes(data("duplicate_names.parquet")));
  EXPECT_THAT(open_error({"*.parquet"}, folder.path()),
              HasSubstr("2.parquet: column 'a': several columns have this name here"));
  folder.write("1.parquet", read_bytes(data("duplicate_names.parquet")));
  EXPECT_TRUE(open_files({"*.parquet"}, folder.path()).ok());
}

TEST(Schemas, MayDifferInWidthAndHaveNullColumns) {
  const auto source =
      open_files({"float_a.parquet", "int32_a.parquet", "int64_a.parquet", "null_a.parquet"}, data("schemas"));
  ASSERT_TRUE(source.ok()) << source.error().text();
  EXPECT_EQ(source.value()->find("a")->type, FileType::floating);
  const auto numbers = read_column(*source.value(), "a", ReadAs::number, 7);
  EXPECT_THAT(numbers.value().values, testing::ElementsAre("1.5", "2", "3", "4", "5", "6", std::nullopt, std::nullopt));
  const auto texts = read_column(*source.value(), "a", ReadAs::category, 7);
  EXPECT_THAT(texts.value().values, testing::ElementsAre("1.5", "2", "3", "4", "5", "6", std::nullopt, std::nullopt));
  const auto text = open_files({"null_a.parquet", "text_a.parquet"}, data("schemas"));
  EXPECT_EQ(text.value()->find("a")->type, FileType::text);
}

TEST(Schemas, EpochUnitIsOneForAllFiles) {
  // Alone, the small file counts seconds; beside the large one, its numbers are milliseconds as well.
  const auto alone = open_files({"small_epoch.parquet"}, data("schemas"));
  EXPECT_THAT(read_column(*alone.value(), "a", ReadAs::time, 7).value().values, testing::ElementsAre("5000000000"));
  const auto both = open_files({"small_epoch.parquet", "large_epoch.parquet"}, data("schemas"));
  EXPECT_THAT(read_column(*both.value(), "a", ReadAs::time, 7).value().values,
              testing::ElementsAre("1357027200000000", "5000000"));
}

TEST(Read, RefusesMixedOffsets) {
  const auto source = open_files({"mixed_offsets.parquet"}, data("schemas"));
  const auto column = read_column(*source.value(), "a", ReadAs::time, 7);
  ASSERT_FALSE(column.ok());
  EXPECT_THAT(column.error().text(), HasSubstr("row group 0, column 'a': times with and without an offset"));
}

TEST(Read, RefusesUnknownDuplicateAndNestedColumns) {
  const auto types = open_files({"types_v1.parquet"}, data(""));
  const auto unknown = read_column(*types.value(), "doubel", ReadAs::number, 7);
  EXPECT_THAT(unknown.error().text(), HasSubstr("no such column"));
  EXPECT_THAT(unknown.error().text(), HasSubstr("did you mean 'double'?"));
  EXPECT_EQ(types.value()->find("doubel"), nullptr);
  EXPECT_EQ(types.value()->find("list")->type, FileType::nested);
  EXPECT_THAT(read_column(*types.value(), "list", ReadAs::category, 7).error().text(),
              HasSubstr("nested column (list<int32>)"));
  const auto twice = open_files({"duplicate_names.parquet"}, data(""));
  EXPECT_EQ(twice.value()->columns().size(), 2U);
  EXPECT_EQ(twice.value()->find("a"), nullptr);
  EXPECT_THAT(read_column(*twice.value(), "a", ReadAs::number, 7).error().text(),
              HasSubstr("several columns of this name"));
  RowGroup beyond;
  beyond.index = 99;
  EXPECT_FALSE(types.value()->read(beyond, "double", ReadAs::number).ok());
  beyond = {7, 0, 1, 0};
  EXPECT_FALSE(types.value()->read(beyond, "double", ReadAs::number).ok());
}

TEST(Read, NamesThatAreNotUtf8Work) {
  const TempFolder folder;
  std::string bytes = read_bytes(data("schemas/long_name.parquet"));
  for (std::size_t at = bytes.find("name_of_a"); at != std::string::npos; at = bytes.find("name_of_a"))
    bytes.replace(at, 9, "name_\xFF\xFE_a");
  const auto source = open_files({folder.write("odd.parquet", bytes)});
  ASSERT_TRUE(source.ok()) << source.error().text();
  const std::string name = "name_\xFF\xFE_a";
  EXPECT_NE(source.value()->find(name), nullptr);
  EXPECT_TRUE(read_column(*source.value(), name, ReadAs::number, 7).ok());
  const auto refused = source.value()->read({}, name + "\xFF", ReadAs::number);
  EXPECT_THAT(refused.error().text(), HasSubstr("name_\\xFF\\xFE_a\\xFF"));
}

}  // namespace
}  // namespace longwatch::test
