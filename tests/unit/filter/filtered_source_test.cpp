// A filtered table delivers exactly the kept rows, in whatever slabs they are asked for.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/filter/filtered_source.hpp"
#include "engine/filter/group_mask.hpp"
#include "tests/support/memory_source.hpp"

namespace longwatch {
namespace {

using test::Numbers;
using test::Texts;
using test::Times;

FilterCondition condition(const std::string& column, FilterOperator op, const std::string& value) {
  return {column, op, {{value, true}}, "filter[0]"};
}

// Every value of a column as text, missing ones as "-", read in slabs of `slab` rows.
std::vector<std::string> contents(const Source& source, const std::string& column, ReadAs as, std::int64_t slab) {
  std::vector<std::string> out;
  for (const RowGroup& group : source.row_groups()) {
    EXPECT_EQ(group.first_row, static_cast<std::int64_t>(out.size()));
    auto reader = std::move(source.read(group, column, as).value());
    for (std::int64_t left = group.rows; left > 0; left -= std::min(left, slab)) {
      const ColumnView view = reader->next(slab).value();
      EXPECT_EQ(view.length, std::min(left, slab));
      std::int64_t nulls = 0;
      for (std::int64_t i = 0; i < view.length; ++i) {
        nulls += view.valid(i) ? 0 : 1;
        const auto at = static_cast<std::size_t>(i);
        if (!view.valid(i)) {
          out.emplace_back("-");
        } else if (view.type == ValueType::code32) {
          const auto code = static_cast<std::size_t>(static_cast<const std::int32_t*>(view.values)[at]);
          out.emplace_back(view.dictionary->texts[code]);
        } else if (view.type == ValueType::micros64) {
          out.push_back(std::to_string(static_cast<const std::int64_t*>(view.values)[at]));
        } else {
          out.push_back(shortest(view.type == ValueType::float32 ? static_cast<const float*>(view.values)[at]
                                                                 : static_cast<const double*>(view.values)[at]));
        }
      }
      EXPECT_EQ(view.nulls, nulls);
    }
    EXPECT_EQ(reader->next(slab).value().length, 0);
  }
  return out;
}

TEST(FilteredSource, DeliversTheKeptRowsInAnySlabs) {
  std::mt19937 random(7);
  Numbers x;
  Numbers keep;
  Texts text;
  Times time;
  for (int i = 0; i < 2000; ++i) {
    // Stretches where all, none and some rows are kept.
    const int stretch = i / 250;
    keep.emplace_back(stretch % 3 == 0 ? 1 : stretch % 3 == 1 ? 0 : static_cast<int>(random() % 2));
    x.push_back(random() % 7 == 0 ? std::nullopt : std::optional<double>(i * 0.5));
    text.push_back(random() % 5 == 0 ? std::nullopt : std::optional("t" + std::to_string(random() % 90)));
    time.push_back(random() % 6 == 0 ? std::nullopt : std::optional<std::int64_t>(i));
  }
  const auto source = std::make_shared<test::MemorySource>(
      std::vector<test::MemoryColumn>{test::number_column("x", x), test::number_column("f", x, "float"),
                                      test::integer_column("keep", keep), test::text_column("text", text),
                                      test::time_column("time", time)},
      std::vector<std::vector<std::int64_t>>{{130, 250, 500, 0, 7}, {1113}});
  ModelConfig model;
  model.filter = {condition("keep", FilterOperator::equals, "1")};
  const auto filtered = filter_rows(source, model, "reference");
  ASSERT_TRUE(filtered.ok()) << filtered.error().text();
  const auto expected = [&](const auto& values, const auto& text_of) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (*keep[i] == 1) out.push_back(values[i] ? text_of(*values[i]) : "-");
    }
    return out;
  };
  for (const std::int64_t slab : {1, 3, 64, 100'000}) {
    const Source& rows = *filtered.value().source;
    const auto number = [](double value) { return shortest(value); };
    EXPECT_EQ(contents(rows, "x", ReadAs::number, slab), expected(x, number));
    EXPECT_EQ(contents(rows, "f", ReadAs::number, slab), expected(x, number));
    EXPECT_EQ(contents(rows, "text", ReadAs::category, slab), expected(text, [](const std::string& t) { return t; }));
    EXPECT_EQ(contents(rows, "time", ReadAs::time, slab),
              expected(time, [](std::int64_t t) { return std::to_string(t); }));
  }
  const auto kept = std::count(keep.begin(), keep.end(), std::optional<double>(1));
  EXPECT_EQ(filtered.value().source->rows(), kept);
  EXPECT_EQ(filtered.value().counts.read, 2000);
  EXPECT_EQ(filtered.value().counts.filtered, 2000 - kept);
}

TEST(FilteredSource, NoFilterIsTheSourceItself) {
  const auto source = test::memory_source({test::number_column("x", {1, 2})});
  EXPECT_EQ(filter_rows(source, ModelConfig(), "reference").value().source.get(), source.get());
}

TEST(GroupMask, SpanOfCountsAcrossWords) {
  std::mt19937 random(3);
  GroupMask mask;
  mask.rows = 1000;
  mask.bits.resize(16);
  for (std::int64_t i = 0; i < mask.rows; ++i) {
    if (random() % 4 == 0) mask.bits[static_cast<std::size_t>(i / 64)] |= 1ULL << static_cast<unsigned>(i % 64);
  }
  for (int round = 0; round < 3000; ++round) {
    const auto row = static_cast<std::int64_t>(random() % 1000);
    const auto most = static_cast<std::int64_t>(random() % static_cast<unsigned>(1001 - row));
    const auto wanted = static_cast<std::int64_t>(1 + random() % 90);
    std::int64_t expected = 0;
    for (std::int64_t found = 0; expected < most && found < wanted; ++expected)
      found += mask.keeps(row + expected) ? 1 : 0;
    ASSERT_EQ(mask.span_of(row, wanted, most), expected) << row << " " << wanted << " " << most;
  }
}

}  // namespace
}  // namespace longwatch
