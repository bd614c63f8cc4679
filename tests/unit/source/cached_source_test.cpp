// A cached source gives what its source gives, whatever fits the budget, and gives the budget back.
#include <gtest/gtest.h>

#include "engine/source/cached_source.hpp"
#include "engine/source/kept_column.hpp"
#include "tests/support/memory_source.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kRows = 1'000;

test::Numbers some_numbers() {
  test::Numbers values;
  for (std::int64_t i = 0; i < kRows; ++i)
    values.push_back(i % 7 == 0 ? std::nullopt : std::optional<double>(0.5 * static_cast<double>(i)));
  return values;
}

test::Texts some_texts() {
  test::Texts values;
  for (std::int64_t i = 0; i < kRows; ++i)
    values.push_back(i % 11 == 0 ? std::nullopt : std::optional<std::string>("t" + std::to_string(i / 100)));
  return values;
}

std::shared_ptr<Source> some_source() {
  return test::memory_source({test::number_column("x", some_numbers()),
                              test::number_column("f", some_numbers(), "float"), test::text_column("c", some_texts())},
                             {300, 0, 700});
}

/// A value as text, "-" for null, so that columns of every kind compare.
std::string text_of(const ColumnView& view, std::int64_t row) {
  if (!view.valid(row)) return "-";
  if (view.type == ValueType::code32) {
    const auto code = static_cast<std::size_t>(static_cast<const std::int32_t*>(view.values)[row]);
    return std::string(view.dictionary->texts[code]);
  }
  if (view.type == ValueType::float32) return std::to_string(static_cast<const float*>(view.values)[row]);
  return std::to_string(static_cast<const double*>(view.values)[row]);
}

std::vector<std::string> column(const Source& source, const std::string& name, ReadAs as, std::int64_t slab) {
  std::vector<std::string> out;
  for (const RowGroup& group : source.row_groups()) {
    auto reader = source.read(group, name, as);
    EXPECT_TRUE(reader.ok()) << reader.error().text();
    for (std::int64_t done = 0; done < group.rows;) {
      auto view = reader.value()->next(slab);
      EXPECT_TRUE(view.ok() && view.value().length > 0);
      std::int64_t nulls = 0;
      for (std::int64_t row = 0; row < view.value().length; ++row) {
        out.push_back(text_of(view.value(), row));
        nulls += out.back() == "-" ? 1 : 0;
      }
      EXPECT_EQ(view.value().nulls, nulls);
      done += view.value().length;
    }
  }
  return out;
}

TEST(CachedSource, GivesTheSameValuesEveryTime) {
  const auto plain = some_source();
  for (const std::int64_t bytes : {0, 3'000, 9'000, 1 << 20}) {
    const auto budget = std::make_shared<MemoryBudget>(bytes);
    const auto cached = cached_source(some_source(), budget);
    for (const std::int64_t slab : {64, 37, 1'000}) {
      for (const char* name : {"x", "f"}) {
        EXPECT_EQ(column(*cached, name, ReadAs::number, slab), column(*plain, name, ReadAs::number, slab)) << bytes;
      }
      EXPECT_EQ(column(*cached, "c", ReadAs::category, slab), column(*plain, "c", ReadAs::category, slab)) << bytes;
      EXPECT_EQ(column(*cached, "x", ReadAs::category, slab), column(*plain, "x", ReadAs::category, slab)) << bytes;
    }
  }
}

TEST(CachedSource, KeepsWhatFitsAndGivesTheBudgetBack) {
  constexpr std::int64_t kBytes = 1 << 20;
  const auto budget = std::make_shared<MemoryBudget>(kBytes);
  auto cached = cached_source(some_source(), budget);
  (void)column(*cached, "x", ReadAs::number, 100);
  EXPECT_FALSE(budget->take(kBytes)) << "nothing was kept";
  ASSERT_TRUE(
      cached->read(cached->row_groups()[0], "c", ReadAs::category).ok());  // a reader that is not read to its end
  cached.reset();
  EXPECT_TRUE(budget->take(kBytes)) << "not all was given back";
}

TEST(KeptColumn, RefusesCodesOfAnotherDictionary) {
  const std::int32_t codes[] = {1, 0};
  CategoryDictionary first{1, {"a", "b"}, nullptr};
  ColumnView view;
  view.type = ValueType::code32;
  view.values = codes;
  view.length = 2;
  view.dictionary = &first;
  reading::KeptColumn kept(6);
  ASSERT_TRUE(kept.append(view));
  ASSERT_TRUE(kept.append(view)) << "the same dictionary";
  const CategoryDictionary second{2, {"b", "a", "c"}, nullptr};
  view.dictionary = &second;
  EXPECT_FALSE(kept.append(view));
}

TEST(KeptColumn, TakesADictionaryThatGrew) {
  const auto owner = std::make_shared<int>(0);
  CategoryDictionary dictionary{1, {"a"}, owner};
  const std::int32_t codes[] = {0, 1};
  ColumnView view;
  view.type = ValueType::code32;
  view.values = codes;
  view.length = 1;
  view.dictionary = &dictionary;
  reading::KeptColumn kept(3);
  ASSERT_TRUE(kept.append(view));
  dictionary = {2, {"a", "b"}, owner};
  view.length = 2;
  ASSERT_TRUE(kept.append(view));
  kept.finish();
  std::vector<std::int32_t> widened;
  const ColumnView all = kept.view(0, 3, widened);
  EXPECT_EQ(text_of(all, 0) + text_of(all, 1) + text_of(all, 2), "aab");
}

TEST(CachedSource, ViewsSayWhichKeptColumnTheyArePartOf) {
  const auto source = cached_source(some_source(), std::make_shared<MemoryBudget>(1 << 20));
  const RowGroup& group = source->row_groups().back();
  for (const auto& [name, as, bytes] :
       {std::tuple("x", ReadAs::number, 8), {"f", ReadAs::number, 4}, {"c", ReadAs::category, 2}}) {
    for (int pass = 0; pass < 2; ++pass) {
      auto reader = source->read(group, name, as);
      ASSERT_TRUE(reader.ok());
      (void)reader.value()->next(100);
      const ColumnView view = reader.value()->next(600).value();
      if (pass == 0) continue;  // kept from here on
      ASSERT_NE(view.whole, nullptr) << name;
      EXPECT_EQ(view.whole->value_bytes, bytes) << name;
      EXPECT_EQ(view.whole->rows, group.rows);
      EXPECT_EQ(view.whole_row, 100);
      ColumnView of_whole = view;
      of_whole.values = static_cast<const std::byte*>(view.whole->values) + 100 * bytes;
      of_whole.validity = view.whole->validity;
      of_whole.bit_offset = 100;
      std::vector<std::int32_t> codes(600);
      if (bytes == 2) {
        std::copy_n(static_cast<const std::uint16_t*>(of_whole.values), 600, codes.begin());
        of_whole.values = codes.data();
      }
      for (std::int64_t row = 0; row < 600; ++row) EXPECT_EQ(text_of(of_whole, row), text_of(view, row)) << row;
    }
  }
}

TEST(CachedSource, HandsErrorsOn) {
  const auto cached = cached_source(some_source(), std::make_shared<MemoryBudget>(1 << 20));
  const auto reader = cached->read(cached->row_groups()[0], "absent", ReadAs::number);
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().where.column, "absent");
}

}  // namespace
}  // namespace longwatch
