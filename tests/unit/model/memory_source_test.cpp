// The in-memory source keeps the contract of engine/source/source.hpp.

#include <gtest/gtest.h>

#include "tests/support/memory_source.hpp"

namespace longwatch::test {
namespace {

std::vector<std::string> texts(const Source& source, std::size_t group, const std::string& column, std::int64_t step) {
  std::vector<std::string> out;
  auto reader = source.read(source.row_groups()[group], column, ReadAs::category);
  if (!reader.ok()) return {reader.error().text()};
  while (true) {
    const ColumnView view = reader.value()->next(step).value();
    if (view.length == 0) return out;
    std::int64_t nulls = 0;
    for (std::int64_t row = 0; row < view.length; ++row) {
      const bool valid = view.valid(row);
      nulls += valid ? 0 : 1;
      out.emplace_back(valid ? std::string(view.dictionary->texts.at(
                                   static_cast<std::size_t>(static_cast<const std::int32_t*>(view.values)[row])))
                             : "null");
    }
    EXPECT_EQ(nulls, view.nulls);
  }
}

TEST(MemorySource, CategoriesInSlabsAndGroups) {
  const auto source =
      memory_source({text_column("t", {"a", {}, "b", "a", {}}), number_column("n", {1.0, -0.0, {}, 0.1, 1e300}),
                     boolean_column("b", {1, 0, {}, 1, 0})},
                    {2, 3});
  ASSERT_EQ(source->rows(), 5);
  EXPECT_EQ(source->row_groups()[1].first_row, 2);
  for (const std::int64_t step : {1, 2, 100}) {
    EXPECT_EQ(texts(*source, 0, "t", step), (std::vector<std::string>{"a", "null"}));
    EXPECT_EQ(texts(*source, 1, "t", step), (std::vector<std::string>{"b", "a", "null"}));
    EXPECT_EQ(texts(*source, 1, "n", step), (std::vector<std::string>{"null", "0.1", "1e+300"}));
  }
  EXPECT_EQ(texts(*source, 0, "n", 2), (std::vector<std::string>{"1", "0"}));
  EXPECT_EQ(texts(*source, 0, "b", 2), (std::vector<std::string>{"true", "false"}));
}

TEST(MemorySource, NumbersAndTimes) {
  const auto source =
      memory_source({time_column("z", {1'367'391'600'123'456, -1}, true), date_column("d", {1'367'366'400'000'000, {}}),
                     number_column("f", {0.5, {}}, "float")});
  EXPECT_EQ(texts(*source, 0, "z", 9),
            (std::vector<std::string>{"2013-05-01T07:00:00.123456Z", "1969-12-31T23:59:59.999999Z"}));
  EXPECT_EQ(texts(*source, 0, "d", 9), (std::vector<std::string>{"2013-05-01", "null"}));
  auto reader = source->read(source->row_groups()[0], "d", ReadAs::number).value();
  EXPECT_EQ(static_cast<const double*>(reader->next(9).value().values)[0], 1367366400.0);
  reader = source->read(source->row_groups()[0], "z", ReadAs::time).value();
  EXPECT_EQ(static_cast<const std::int64_t*>(reader->next(9).value().values)[1], -1);
  reader = source->read(source->row_groups()[0], "f", ReadAs::number).value();
  const ColumnView view = reader->next(9).value();
  EXPECT_EQ(view.type, ValueType::float32);
  EXPECT_NE(view.bit_offset, 0);
  EXPECT_FALSE(view.valid(1));
  EXPECT_EQ(static_cast<const float*>(view.values)[0], 0.5F);
}

TEST(MemorySource, RefusesAsAFileWould) {
  const auto source = memory_source({text_column("t", {"a"}), other_column("n", FileType::nested, "list<int32>", 1),
                                     number_column("x", {1}), number_column("x", {1})});
  const RowGroup group = source->row_groups()[0];
  EXPECT_FALSE(source->read(group, "t", ReadAs::number).ok());
  EXPECT_FALSE(source->read(group, "n", ReadAs::category).ok());
  EXPECT_FALSE(source->read(group, "x", ReadAs::number).ok());
  EXPECT_FALSE(source->read(group, "q", ReadAs::number).ok());
  EXPECT_EQ(source->find("x"), nullptr);
}

}  // namespace
}  // namespace longwatch::test
