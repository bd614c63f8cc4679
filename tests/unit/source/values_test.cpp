// Every column of every file of tests/data/source, read in every way and slab size, against expected.json.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/source/digest.hpp"
#include "tests/unit/source/support.hpp"

namespace longwatch::test {
namespace {

using nlohmann::json;

constexpr std::int64_t kAll = 1'000'000;

const json& expected() {
  static const json kExpected = json::parse(std::ifstream(kData / "source/expected.json"));
  return kExpected;
}

std::optional<std::string> expected_text(const json& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return shortest(value.get<double>());
  return std::to_string(value.get<std::int64_t>());
}

std::vector<std::optional<std::string>> expected_values(const json& list) {
  std::vector<std::optional<std::string>> out;
  for (const json& value : list) out.push_back(expected_text(value));
  return out;
}

void check_way(const Source& source, const std::string& name, const json& column, ReadAs as, const char* way) {
  SCOPED_TRACE(name + " as " + way);
  if (!column.contains(way)) {
    const auto refused = read_column(source, name, as, kAll);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().where.column, name);
    EXPECT_EQ(refused.error().code, ErrorCode::data);
    return;
  }
  for (const std::int64_t slab : {std::int64_t{1}, std::int64_t{7}, std::int64_t{64}, kAll}) {
    const auto read = read_column(source, name, as, slab);
    ASSERT_TRUE(read.ok()) << read.error().text();
    if (column[way].is_array()) {
      EXPECT_EQ(read.value().values, expected_values(column[way])) << "slab " << slab;
    }
    EXPECT_EQ(read.value().zoned, as == ReadAs::time && column.value("zoned", false));
  }
}

class Files : public testing::TestWithParam<std::string> {};

TEST_P(Files, EveryColumnEveryWay) {
  const json& table = expected()["tables"][expected()["files"][GetParam()].get<std::string>()];
  const auto source = open_files({GetParam()}, (kData / "source").string());
  ASSERT_TRUE(source.ok()) << source.error().text();
  EXPECT_EQ(source.value()->columns().size(), table.size());
  for (const auto& [name, column] : table.items()) {
    const ColumnInfo* info = source.value()->find(name);
    ASSERT_NE(info, nullptr) << name;
    EXPECT_EQ(info->type_text, column["type"].get<std::string>());
    EXPECT_EQ(info->zoned, info->type == FileType::timestamp && column.value("zoned", false)) << name;
    check_way(*source.value(), name, column, ReadAs::number, "number");
    check_way(*source.value(), name, column, ReadAs::category, "category");
    check_way(*source.value(), name, column, ReadAs::time, "time");
  }
}

std::vector<std::string> file_names() {
  std::vector<std::string> names;
  for (const auto& [name, table] : expected()["files"].items()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, Files, testing::ValuesIn(file_names()),
                         [](const auto& test) { return test.param.substr(0, test.param.find('.')); });

TEST(Digests, DoNotDependOnTheLayout) {
  const auto digests_of = [](const std::string& name) {
    const auto source = open_files({name}, (kData / "source").string());
    const auto digests = digest_columns(*source.value());
    EXPECT_TRUE(digests.ok());
    std::string all;
    for (const ColumnDigest& digest : digests.value()) {
      EXPECT_EQ(digest.rows, 150);
      EXPECT_EQ(digest.nulls, 30);
      EXPECT_EQ(digest.digest.size(), 16U);
      all += digest.column + digest.digest;
    }
    return all;
  };
  const std::string first = digests_of("core_plain_none_v1.parquet");
  EXPECT_EQ(digests_of("core_fallback.parquet"), first);
  EXPECT_EQ(digests_of("core_groups_of_5.parquet"), first);
  EXPECT_EQ(digests_of("core_dict_gzip_v2.parquet"), first);
}

TEST(Digests, NestedColumnsSayWhyTheyHaveNone) {
  const auto source = open_files({"types_v1.parquet"}, (kData / "source").string());
  const auto digests = digest_columns(*source.value());
  ASSERT_TRUE(digests.ok());
  for (const ColumnDigest& digest : digests.value()) {
    const bool nested = digest.column == "list" || digest.column == "struct" || digest.column == "map";
    EXPECT_EQ(digest.error, nested ? "nested" : "");
    EXPECT_EQ(digest.digest.empty(), nested);
  }
}

TEST(Dictionaries, KeepTheirSerialWhileTheyStayTheSame) {
  for (const std::string file : {"core_dict_gzip_v2.parquet", "core_plain_none_v1.parquet"}) {
    const auto source = open_files({file}, (kData / "source").string());
    const auto reader = source.value()->read(source.value()->row_groups()[0], "text", ReadAs::category);
    ASSERT_TRUE(reader.ok());
    const auto first = reader.value()->next(100);
    const std::uint64_t serial = first.value().dictionary->serial;
    const auto second = reader.value()->next(50);
    EXPECT_EQ(second.value().dictionary->serial, serial) << file;
    const auto other = source.value()->read(source.value()->row_groups()[0], "text", ReadAs::category);
    const auto again = other.value()->next(100);
    EXPECT_NE(again.value().dictionary->serial, serial) << file;
  }
}

TEST(Threads, MayReadOneSourceTogether) {
  const auto opened = open_files({"core_groups_of_5.parquet", "core_tiny_pages.parquet"}, (kData / "source").string());
  const Source& source = *opened.value();
  const std::vector<std::pair<std::string, ReadAs>> ways{
      {"int", ReadAs::time}, {"text", ReadAs::category}, {"double", ReadAs::number}};
  std::vector<Column> alone;
  for (const auto& [name, as] : ways) alone.push_back(read_column(source, name, as, 7).value());
  const auto fresh = open_files({"core_groups_of_5.parquet", "core_tiny_pages.parquet"}, (kData / "source").string());
  std::vector<Column> together(ways.size() * 4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < together.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto& [name, as] = ways[i % ways.size()];
      together[i] = read_column(*fresh.value(), name, as, 7).value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < together.size(); ++i) EXPECT_EQ(together[i], alone[i % ways.size()]);
}

TEST(Slabs, EndWithEmptyOnes) {
  const auto source = open_files({"core_dict_gzip_v2.parquet"}, (kData / "source").string());
  const auto reader = source.value()->read(source.value()->row_groups()[0], "int", ReadAs::number);
  EXPECT_EQ(reader.value()->next(0).value().length, 0);
  EXPECT_EQ(reader.value()->next(-5).value().length, 0);
  EXPECT_EQ(reader.value()->next(kAll).value().length, 150);
  EXPECT_EQ(reader.value()->next(kAll).value().length, 0);
}

}  // namespace
}  // namespace longwatch::test
