// Columns read from a source and learned: any layout, any threads, the first error.
#include <gtest/gtest.h>
#include <tbb/task_arena.h>

#include <cmath>
#include <limits>

#include "engine/profile/fit_columns.hpp"
#include "tests/support/memory_source.hpp"

namespace longwatch {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

ModelColumn number(const std::string& name) { return {name, Role::feature, ColumnKind::continuous, "double", false}; }
ModelColumn category(const std::string& name) {
  return {name, Role::feature, ColumnKind::categorical, "string", false};
}

Result<std::vector<ColumnProfile>> fit_on(int threads, const Source& source, const std::vector<ModelColumn>& columns,
                                          std::int64_t quantiles, std::int64_t bytes = 1 << 30) {
  tbb::task_arena arena(threads);
  MemoryBudget budget(bytes);
  auto result = arena.execute([&] { return fit_columns(source, columns, quantiles, budget); });
  EXPECT_TRUE(budget.take(bytes)) << "not all was given back";
  return result;
}

ColumnProfile learn_one(const Source& source, const ModelColumn& column) {
  auto result = fit_on(1, source, {column}, 1024);
  EXPECT_TRUE(result.ok()) << result.error().text();
  return std::move(result).value().at(0);
}

void expect_equal(const ColumnProfile& a, const ColumnProfile& b) {
  EXPECT_EQ(a.usable, b.usable);
  EXPECT_EQ(a.partition, b.partition);
  EXPECT_EQ(a.moments, b.moments);
  EXPECT_EQ(a.categories, b.categories);
  EXPECT_EQ(a.shares, b.shares);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.deviation, b.deviation);
  EXPECT_EQ(a.imputed, b.imputed);
}

TEST(FitColumns, CountsNullsNanAndInfinitiesAsMissing) {
  const auto source =
      test::memory_source({test::number_column("x", {1.0, {}, 3.0, kNan, kInf, -kInf, {}, -0.0})}, {3, 0, 5});
  const ColumnProfile profile = learn_one(*source, number("x"));
  EXPECT_EQ(profile.column.name, "x");
  EXPECT_DOUBLE_EQ(profile.mean, 4.0 / 3);
  EXPECT_DOUBLE_EQ(profile.deviation, std::sqrt((1 + 9 - 16.0 / 3) / 8));
  EXPECT_EQ(profile.partition.edges()[profile.partition.first_inside()], 0);
  EXPECT_EQ(profile.partition.edges()[profile.partition.last_inside()], 3);
}

TEST(FitColumns, ReadsFloatsAndMarksIntegers) {
  const auto source = test::memory_source(
      {test::number_column("f", {0.5, 0.25, {}}, "float"), test::integer_column("i", {0.0, 1.0, 1.0})});
  EXPECT_EQ(learn_one(*source, number("f")).imputed, 0.375);
  ModelColumn integer = number("i");
  integer.integer = true;
  EXPECT_EQ(learn_one(*source, integer).doane_edges, (std::vector<double>{0, 1}));
}

TEST(FitColumns, CountsTextsAcrossRowGroups) {
  const auto source = test::memory_source({test::text_column("c", {"b", "a", {}, "b", "nan", "a", "b"})}, {2, 2, 3});
  const ColumnProfile profile = learn_one(*source, category("c"));
  EXPECT_EQ(profile.categories, (std::vector<std::string>{"a", "b", "nan"}));
  EXPECT_EQ(profile.shares, (std::vector<double>{2.0 / 7, 4.0 / 7, 1.0 / 7}));
}

TEST(FitColumns, TakesNanOfANumberAsMissing) {
  const auto source = test::memory_source({test::number_column("n", {1.0, kNan, 2.0, 1.0})});
  const ColumnProfile profile = learn_one(*source, category("n"));
  EXPECT_EQ(profile.categories, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(profile.shares, (std::vector<double>{0.75, 0.25}));
}

TEST(FitColumns, LearnsNothingOfEmptyColumns) {
  const auto source = test::memory_source({test::number_column("n", {kNan, {}}), test::text_column("c", {{}, {}})});
  EXPECT_EQ(learn_one(*source, number("n")).usable, "undefined: no finite value in the reference");
  EXPECT_EQ(learn_one(*source, category("c")).usable, "undefined: no value in the reference");
}

TEST(FitColumns, DoesNotDependOnLayoutOrThreads) {
  test::Numbers numbers;
  test::Texts texts;
  for (int i = 0; i < 5000; ++i) {
    numbers.push_back(i % 13 == 0 ? std::nullopt : std::optional<double>(std::sin(i) * i));
    texts.push_back(i % 7 == 0 ? std::nullopt : std::optional<std::string>("t" + std::to_string(i * i % 61)));
  }
  std::vector<test::MemoryColumn> data;
  std::vector<ModelColumn> columns;
  for (int c = 0; c < 6; ++c) {
    const std::string name = std::to_string(c);
    data.push_back(c % 2 == 0 ? test::number_column(name, numbers) : test::text_column(name, texts));
    columns.push_back(c % 2 == 0 ? number(name) : category(name));
  }
  const auto whole = fit_on(1, *test::memory_source(data), columns, 256);
  const auto no_room = fit_on(4, *test::memory_source(data), columns, 256, 0);
  ASSERT_TRUE(no_room.ok());
  for (std::size_t c = 0; c < columns.size(); ++c) expect_equal(whole.value()[c], no_room.value()[c]);
  const auto pieces = fit_on(4, *test::memory_source(data, {1, 0, 999, 3000, 1000}), columns, 256);
  ASSERT_TRUE(whole.ok() && pieces.ok());
  ASSERT_EQ(pieces.value().size(), columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    EXPECT_EQ(pieces.value()[c].column.name, columns[c].name);
    expect_equal(whole.value()[c], pieces.value()[c]);
  }
}

TEST(FitColumns, ReturnsTheFirstErrorByColumn) {
  const auto source = test::memory_source({test::number_column("x", {1.0}), test::text_column("t", {"a"})});
  for (const int threads : {1, 2, 8}) {
    const auto result = fit_on(threads, *source, {number("x"), number("t"), number("missing"), number("absent")}, 1024);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().where.column, "t");
    EXPECT_EQ(result.error().where.file, "memory_0.parquet");
  }
}

TEST(FitColumns, NoColumnsMakeNoProfiles) {
  const auto result = fit_on(2, *test::memory_source({test::number_column("x", {1.0})}), {}, 1024);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result.value().empty());
}

// One row group after the other, each a list of slabs that share nothing.
class SlabSource final : public Source {
 public:
  struct Slab {
    std::vector<std::int32_t> codes;
    const CategoryDictionary* dictionary = nullptr;  // none: all rows are null
  };
  explicit SlabSource(std::vector<std::vector<Slab>> groups) : slabs_(std::move(groups)) {
    for (const auto& group : slabs_) {
      const int index = static_cast<int>(groups_.size());
      groups_.push_back({0, index, 0, rows_});
      for (const Slab& slab : group) groups_.back().rows += static_cast<std::int64_t>(slab.codes.size());
      rows_ += groups_.back().rows;
    }
  }
  [[nodiscard]] const std::vector<SourceFile>& files() const override { return files_; }
  [[nodiscard]] const std::vector<RowGroup>& row_groups() const override { return groups_; }
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const override { return columns_; }
  [[nodiscard]] std::int64_t rows() const override { return rows_; }
  [[nodiscard]] const ColumnInfo* find(const std::string&) const override { return columns_.data(); }
  [[nodiscard]] Result<std::unique_ptr<ColumnReader>> read(const RowGroup& group, const std::string&,
                                                           ReadAs) const override {
    const auto& slabs = slabs_[static_cast<std::size_t>(group.index)];
    if (slabs[0].dictionary == &kUnreadable) return Error{ErrorCode::data, "unreadable", {}, ""};
    return std::unique_ptr<ColumnReader>(std::make_unique<Reader>(slabs));
  }
  static inline const CategoryDictionary kUnreadable;

 private:
  struct Reader final : ColumnReader {
    explicit Reader(const std::vector<Slab>& content) : slabs(content) {}
    Result<ColumnView> next(std::int64_t) override {
      const Slab& slab = slabs[at++];
      ColumnView view;
      view.type = ValueType::code32;
      view.values = slab.codes.data();
      view.length = static_cast<std::int64_t>(slab.codes.size());
      view.dictionary = slab.dictionary;
      if (slab.dictionary == nullptr) {
        nulls.assign(slab.codes.size() / 8 + 1, 0);
        view.validity = nulls.data();
        view.nulls = view.length;
      }
      return view;
    }
    const std::vector<Slab>& slabs;
    std::vector<std::uint8_t> nulls;
    std::size_t at = 0;
  };

  std::vector<SourceFile> files_;
  std::vector<ColumnInfo> columns_ = {{"c", FileType::text, "string", false}};
  std::vector<std::vector<Slab>> slabs_;
  std::vector<RowGroup> groups_;
  std::int64_t rows_ = 0;
};

TEST(FitColumns, FollowsDictionariesThatChangeInsideARowGroup) {
  const CategoryDictionary one{1, {"a", "b"}, nullptr};
  const CategoryDictionary other{2, {"b", "a", "a"}, nullptr};  // a text may stand twice
  const SlabSource source({{{{0, 0, 1}, &one}, {{7, 7}, nullptr}, {{0, 1}, &one}, {{0, 2}, &other}}, {{{0}, &one}}});
  const ColumnProfile profile = learn_one(source, category("c"));
  EXPECT_EQ(profile.categories, (std::vector<std::string>{"a", "b"}));
  // a 2 + 1 + 1 + 1 and 2 missing, b 1 + 1 + 1, of 10 rows
  EXPECT_EQ(profile.shares, (std::vector<double>{0.7, 0.3}));
}

TEST(FitColumns, StopsReadingAnIdentifier) {
  std::vector<std::string> texts;
  SlabSource::Slab slab;
  for (int i = 0; i <= 1'048'576; ++i) {
    texts.push_back(std::to_string(i));
    slab.codes.push_back(i);
  }
  const CategoryDictionary dictionary{1, {texts.begin(), texts.end()}, nullptr};
  slab.dictionary = &dictionary;
  const SlabSource source({{slab}, {{{0}, &SlabSource::kUnreadable}}});
  EXPECT_EQ(learn_one(source, category("c")).usable, "undefined: more than 1,048,576 distinct values (an identifier?)");
}

}  // namespace
}  // namespace longwatch
