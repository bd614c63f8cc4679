// Folders as tables, and columns in the names of folders.
#include "engine/source/partitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/source/support.hpp"

namespace longwatch::test {
namespace {

using reading::FoundFile;
using reading::Partition;
using reading::partition_type;
using reading::partitions_of;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kTable =
    read_bytes(kData / "source/core_dict_gzip_v2.parquet");  // 150 rows, columns double ... stamp

// A folder with copies of one table at these paths.
class Tree : public TempFolder {
 public:
  Tree(std::initializer_list<const char*> paths) {
    for (const char* at : paths) add(at);
  }
  void add(const std::string& at, const std::string& bytes = kTable) const {
    std::filesystem::create_directories((std::filesystem::path(path()) / at).parent_path());
    write(at, bytes);
  }
};

std::string open_error(const std::string& pattern, const std::string& folder) {
  const auto source = open_files({pattern}, folder);
  return source.ok() ? "opened" : source.error().text();
}

std::vector<std::string> names(const Source& source, const std::string& folder) {
  std::vector<std::string> out;
  for (const SourceFile& file : source.files()) out.push_back(file.path.substr(folder.size() + 1));
  return out;
}

// The distinct values of a column, file by file.
std::vector<std::optional<std::string>> per_file(const Source& source, const std::string& column, ReadAs as) {
  std::vector<std::optional<std::string>> out;
  for (const RowGroup& group : source.row_groups()) {
    Column values;
    const auto read = append_group(source, group, column, as, 64, values);
    if (!read.ok()) {
      ADD_FAILURE() << read.error().text();
      return out;
    }
    EXPECT_EQ(std::count(values.values.begin(), values.values.end(), values.values[0]), group.rows);
    out.push_back(values.values[0]);
  }
  return out;
}

TEST(Folder, StandsForItsTablesSortedBytewise) {
  const Tree tree{"b.parquet", "a/x.pq",          "a-/x.parquet",    "a.feather",      "Z.ipc",
                  "c.arrow",   ".hidden.parquet", "_tmp/x.parquet",  ".git/x.parquet", "readme.md",
                  "data.csv",  "_x.parquet",      "a/b/c/d.parquet", "a/_SUCCESS",     "c.parquet.crc"};
  for (const std::string pattern : {".", "./", ""}) {
    const auto source = open_files({pattern.empty() ? tree.path() : pattern}, tree.path());
    ASSERT_TRUE(source.ok()) << source.error().text();
    EXPECT_THAT(names(*source.value(), tree.path()),
                ElementsAre("Z.ipc", "a-/x.parquet", "a.feather", "a/b/c/d.parquet", "a/x.pq", "b.parquet", "c.arrow"));
  }
}

TEST(Folder, WithoutTablesIsAnError) {
  const Tree tree{"only/readme.md", "only/_hidden/x.parquet"};
  EXPECT_THAT(open_error("only", tree.path()), HasSubstr(tree.path() + "/only: the folder holds no .parquet"));
  EXPECT_THAT(open_error("onl*", tree.path()), HasSubstr("no file matches, only folders"));
}

TEST(Folder, LinksToFoldersAreNotFollowed) {
  const Tree tree{"t/x.parquet"};
  std::filesystem::create_directory_symlink(tree.path() + "/t", tree.path() + "/t/loop");
  std::filesystem::create_symlink(tree.path() + "/t/x.parquet", tree.path() + "/t/y.parquet");
  EXPECT_EQ(open_files({"t"}, tree.path()).value()->files().size(), 2U);
  std::filesystem::create_directory_symlink(tree.path() + "/t", tree.path() + "/link");
  EXPECT_EQ(open_files({"link"}, tree.path()).value()->files().size(), 2U);
}

TEST(Partitions, AreReadFromPaths) {
  const auto of = [](const std::string& path, std::size_t fixed) { return partitions_of({path, fixed}); };
  EXPECT_THAT(of("d/a=1/b=x%20y%2Fz/p.parquet", 1), ElementsAre(Partition{"a", "1"}, Partition{"b", "x y/z"}));
  EXPECT_THAT(of("d/a=1/b=2/p.parquet", 5), ElementsAre(Partition{"b", "2"}));
  EXPECT_THAT(of("d/k%3D=v=w/p.parquet", 1), ElementsAre(Partition{"k=", "v=w"}));
  EXPECT_THAT(of("d/a=__HIVE_DEFAULT_PARTITION__/p.parquet", 1), ElementsAre(Partition{"a", std::nullopt}));
  EXPECT_THAT(of("d/a=/p.parquet", 1), ElementsAre(Partition{"a", ""}));
  EXPECT_THAT(of("d/a=100%/b=%4/c=%zz/p.parquet", 1),
              ElementsAre(Partition{"a", "100%"}, Partition{"b", "%4"}, Partition{"c", "%zz"}));
  EXPECT_THAT(of("d/plain/=x/a=1.parquet", 1), ElementsAre());
}

TEST(Partitions, HaveTheTypeOfAllTheirValues) {
  EXPECT_EQ(partition_type({"1", "-20", "007", std::nullopt}), FileType::integer);
  EXPECT_EQ(partition_type({"1", "9223372036854775808"}), FileType::text);
  EXPECT_EQ(partition_type({"1", "1.5"}), FileType::text);
  EXPECT_EQ(partition_type({"2013-05-01", std::nullopt, "1969-12-31"}), FileType::date);
  EXPECT_EQ(partition_type({"2013-05-01", "2013-02-30"}), FileType::text);
  EXPECT_EQ(partition_type({"2013-05-01", "5"}), FileType::text);
  EXPECT_EQ(partition_type({"1", ""}), FileType::text);
  EXPECT_EQ(partition_type({std::nullopt}), FileType::null);
}

TEST(Partitions, AreColumns) {
  const Tree tree{"t/day=1969-12-31/n=3/who=A/x.parquet",
                  "t/day=1970-01-02/n=__HIVE_DEFAULT_PARTITION__/who=B%20C/x.parquet",
                  "t/day=1970-01-03/n=-5/who=__HIVE_DEFAULT_PARTITION__/x.parquet"};
  for (const char* pattern : {"t", "t/*/*/*/x.parquet", "t/day=*/*/wh?=*/*"}) {
    const auto opened = open_files({pattern}, tree.path());
    ASSERT_TRUE(opened.ok()) << opened.error().text();
    const Source& source = *opened.value();
    EXPECT_EQ(source.columns().size(), 9U);
    EXPECT_EQ(source.find("day")->type_text, "date");
    EXPECT_EQ(source.find("n")->type_text, "int64");
    EXPECT_EQ(source.find("who")->type_text, "string");
    EXPECT_THAT(per_file(source, "day", ReadAs::category), ElementsAre("1969-12-31", "1970-01-02", "1970-01-03"));
    EXPECT_THAT(per_file(source, "day", ReadAs::number), ElementsAre("-86400", "86400", "172800"));
    EXPECT_THAT(per_file(source, "day", ReadAs::time), ElementsAre("-86400000000", "86400000000", "172800000000"));
    EXPECT_THAT(per_file(source, "n", ReadAs::number), ElementsAre("3", std::nullopt, "-5"));
    EXPECT_THAT(per_file(source, "n", ReadAs::category), ElementsAre("3", std::nullopt, "-5"));
    EXPECT_THAT(per_file(source, "n", ReadAs::time), ElementsAre("3000000", std::nullopt, "-5000000"));
    EXPECT_THAT(per_file(source, "who", ReadAs::category), ElementsAre("A", "B C", std::nullopt));
    EXPECT_FALSE(source.read(source.row_groups()[0], "who", ReadAs::number).ok());
    EXPECT_EQ(read_column(source, "int", ReadAs::number, 64).value().values.size(), 450U);
  }
  // What the user wrote is no partition.
  EXPECT_EQ(open_files({"t/day=1969-12-31/n=3"}, tree.path()).value()->columns().size(), 7U);
  EXPECT_EQ(open_files({"t/day=1969-12-31/n=3/who=A/x.parquet"}, tree.path()).value()->columns().size(), 6U);
}

TEST(Partitions, OfTextsAreTimesLikeAnyText) {
  const Tree tree{"t/at=2013-05-01T07:00:00Z/x.parquet", "t/at=2013-05-01T08:00:00Z/x.parquet"};
  const auto source = open_files({"t"}, tree.path());
  EXPECT_THAT(per_file(*source.value(), "at", ReadAs::time), ElementsAre("1367391600000000", "1367395200000000"));
}

TEST(Partitions, LeaveAKeyToTheFileThatHasTheColumn) {
  const Tree tree{"t/int=7/x.parquet", "t/int=8/x.parquet"};
  const auto source = open_files({"t"}, tree.path());
  EXPECT_EQ(source.value()->columns().size(), 6U);
  const auto own = read_column(*open_files({"t/int=7/x.parquet"}, tree.path()).value(), "int", ReadAs::number, 64);
  const auto read = read_column(*source.value(), "int", ReadAs::number, 64);
  EXPECT_TRUE(std::equal(own.value().values.begin(), own.value().values.end(), read.value().values.begin()));
}

TEST(Partitions, ThatDisagreeAreErrorsNamingBothFiles) {
  const Tree tree{"t/a=1/x.parquet", "t/a=2/b=1/y.parquet", "u/a=1/a=2/x.parquet", "v/a=1/x.parquet", "v/y.parquet"};
  EXPECT_THAT(open_error("t", tree.path()),
              HasSubstr("t/a=2/b=1/y.parquet: column 'b': the column is here, but not in"));
  EXPECT_THAT(open_error("t", tree.path()), HasSubstr("t/a=1/x.parquet"));
  EXPECT_THAT(open_error("v", tree.path()), HasSubstr("v/y.parquet: column 'a': the column is missing here, but"));
  EXPECT_THAT(open_error("v", tree.path()), HasSubstr("v/a=1/x.parquet"));
  EXPECT_THAT(open_error("u", tree.path()), HasSubstr("column 'a': the folders of the path give it two values"));
}

TEST(Partitions, CountForTheFingerprint) {
  const Tree tree{"t/a=1/x.parquet", "u/a=2/x.parquet"};
  const auto fingerprint = [&](const char* at) {
    return open_files({at}, tree.path()).value()->files()[0].fingerprint;
  };
  EXPECT_NE(fingerprint("t"), fingerprint("u"));
  EXPECT_NE(fingerprint("t"), fingerprint("t/a=1"));
}

}  // namespace
}  // namespace longwatch::test
