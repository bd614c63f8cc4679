// Columns that stay on a device: found again, let go by table, and never at the cost of a result.
#include "cuda/residents.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "cuda/backend.hpp"
#include "cuda/emulation/module.hpp"
#include "cuda/session.hpp"

namespace longwatch::cuda {
namespace {

constexpr std::int64_t kRows = 1'000;

/// A column that stays, and a view of all of it.
struct Column {
  Column(std::uint64_t serial, std::uint64_t table) : values(kRows), validity(kRows / 8 + 1, 0xB7) {
    std::iota(values.begin(), values.end(), static_cast<double>(serial));
    whole = {serial, table, values.data(), validity.data(), kRows};
    for (std::int64_t i = 0; i < kRows; ++i) nulls += ((validity[i / 8] >> (i % 8)) & 1) == 0 ? 1 : 0;
  }
  [[nodiscard]] ColumnView view(std::int64_t begin, std::int64_t rows) const {
    return {ValueType::float64, values.data() + begin, validity.data(), begin, rows, nulls, nullptr, &whole, begin};
  }
  std::vector<double> values;
  std::vector<std::uint8_t> validity;
  std::int64_t nulls = 0;
  WholeColumn whole;
};

std::shared_ptr<Session> session_of(std::int64_t memory) {
  Emulation emulation;
  emulation.memory = memory;
  return std::make_shared<Session>(emulated_module(), open_emulation(emulation));
}

TEST(Residents, AColumnIsCopiedOnceAndFoundAgain) {
  const auto session = session_of(1 << 20);
  const Column column(1, 7);
  const auto pin = session->residents().find(column.view(0, 10));
  ASSERT_NE(pin, nullptr);
  EXPECT_EQ(session->residents().hits(), 0);
  EXPECT_EQ(session->residents().find(column.view(500, 10)), pin);
  EXPECT_EQ(session->residents().hits(), 1);
  EXPECT_GE(session->residents().bytes(), kRows * 8 + kRows / 8);
}

TEST(Residents, WhatDoesNotStayInMemoryIsNotKept) {
  const auto session = session_of(1 << 20);
  const Column column(1, 7);
  ColumnView view = column.view(0, 10);
  view.whole = nullptr;
  EXPECT_EQ(session->residents().find(view), nullptr);
  EXPECT_EQ(session->residents().bytes(), 0);
}

/// Room for three columns: those of the table used longest ago go, all of them.
TEST(Residents, TheLeastRecentlyUsedTableGoesFirst) {
  const auto session = session_of(4 * 8'400);  // three quarters may be kept
  const Column first(1, 1), second(2, 1), third(3, 2), fourth(4, 3);
  Residents& residents = session->residents();
  for (const Column* column : {&first, &second, &third}) EXPECT_NE(residents.find(column->view(0, 1)), nullptr);
  EXPECT_NE(residents.find(first.view(0, 1)), nullptr);
  EXPECT_NE(residents.find(fourth.view(0, 1)), nullptr);
  EXPECT_EQ(residents.hits(), 1);
  for (const Column* column : {&first, &second, &fourth}) EXPECT_NE(residents.find(column->view(0, 1)), nullptr);
  EXPECT_EQ(residents.hits(), 4);  // table 1 was used after table 2, which had to go
}

TEST(Residents, AColumnLargerThanTheLimitIsNotKept) {
  const auto session = session_of(2 * kRows);
  EXPECT_EQ(session->residents().find(Column(1, 1).view(0, 1)), nullptr);
  EXPECT_EQ(session->residents().bytes(), 0);
}

/// The sums of views somewhere in kept columns, for any budget: it may hold the columns and leave no room for work.
TEST(Residents, KeptColumnsGiveTheSameSums) {
  const Partition partition = Partition::make({0, 200, 400.5, 900}, 0, 3).value();
  std::vector<Column> columns;
  for (std::uint64_t i = 0; i < 6; ++i) columns.emplace_back(i + 1, i / 2);
  const auto sums = [&](Backend& backend) {
    NumberPlan plan{&partition, {500, 300}, nullptr};
    backend.prepare(plan);
    std::vector<NumberState> out(columns.size());
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t c = 0; c < columns.size(); ++c) {
        NumberPartial partial;
        partial.reset(plan);
        const NumberItem item{columns[c].view(100 * pass + 3, 700), {5, 690, nullptr}, &plan, &partial};
        EXPECT_TRUE(backend.numbers({&item, 1})->wait().ok());
        out[c].counts.merge(partial.counts);
        out[c].moments.merge(partial.moments);
        out[c].histogram.add(partial.histogram);
        out[c].distinct.add(partial.registers.data());
      }
    }
    return out;
  };
  const auto want = sums(*make_cpu_backend().value());
  std::int64_t hits = 0;
  for (std::int64_t memory = 4'000; memory < 500'000; memory += memory / 3) {
    const auto session = session_of(memory);
    const auto backend = make_backend(session, "emulation", make_cpu_backend().value());
    EXPECT_TRUE(sums(*backend) == want) << memory;
    hits = session->residents().hits();
  }
  EXPECT_EQ(hits, 6);  // the last budget holds all
}

/// A column of codes that stays, with narrow codes, and views of some rows, with codes as views have them.
struct CodeColumn {
  CodeColumn() : kept(kRows), validity(kRows / 8 + 1, 0xDD), codes(kRows), classes{0, 1, row::kNoClass} {
    for (std::size_t i = 0; i < kept.size(); ++i) codes[i] = kept[i] = static_cast<std::uint16_t>(i * i % 7 % 3);
    dictionary.texts = {"a", "b", "c"};
    whole = {99, 7, kept.data(), validity.data(), kRows, 2};
  }
  [[nodiscard]] ColumnView view(std::int64_t begin, std::int64_t rows) const {
    return {ValueType::code32, codes.data() + begin, validity.data(), begin, rows, 1, &dictionary, &whole, begin};
  }
  std::vector<std::uint16_t> kept;
  std::vector<std::uint8_t> validity;
  std::vector<std::int32_t> codes;
  std::vector<std::int16_t> classes;
  CategoryDictionary dictionary;
  WholeColumn whole;
};

/// Counts of categories, of scores by class, and products of encoded rows, of a column in parts.
struct CodeResults {
  std::vector<std::int64_t> by_code;
  CountsState counts;
  std::vector<ScoreState> scores;
  GramState gram;
  bool operator==(const CodeResults&) const = default;
};

CodeResults results_of(Backend& backend, const CodeColumn& codes, const Column& numbers) {
  CodeResults out;
  CategoryPartial partial;
  partial.by_code.assign(3, 0);
  out.gram.sums.assign(2, 0);
  out.gram.products.assign(3, 0);
  const std::vector<double> z = {-0.5, 0.25, 1};
  const FeatureEncoder encoders[] = {{500, 1.0 / 256, 0, nullptr}, {0, 1, 0.125, z.data()}};
  for (int pass = 0; pass < 2; ++pass) {
    const ColumnView view = codes.view(100 * pass + 3, 700);
    const CategoryItem category{view, {5, 690, nullptr}, &partial};
    EXPECT_TRUE(backend.categories({&category, 1})->wait().ok());
    const ClassColumn classes{view, codes.classes.data(), 3};
    const ScoreItem score{numbers.view(100 * pass + 3, 700), classes, classes, 0.5, {5, 690, nullptr},
                          &out.scores.emplace_back()};
    EXPECT_TRUE(backend.scores({&score, 1})->wait().ok());
    const ColumnView views[] = {numbers.view(100 * pass + 3, 700), view};
    GramState part = out.gram;
    EXPECT_TRUE(backend.gram({views, encoders, 5, 690}, &part)->wait().ok());
    out.gram = part;
  }
  out.by_code = partial.by_code;
  out.counts = partial.counts;
  return out;
}

TEST(Residents, KeptCodesAreThoseOfTheViews) {
  const CodeColumn codes;
  const Column numbers(1, 7);
  const CodeResults want = results_of(*make_cpu_backend().value(), codes, numbers);
  const auto session = session_of(1 << 20);
  const auto backend = make_backend(session, "emulation", make_cpu_backend().value());
  EXPECT_TRUE(results_of(*backend, codes, numbers) == want);
  EXPECT_TRUE(backend->fallbacks().empty());
  EXPECT_EQ(session->residents().hits(), 12 - 2);  // in each pass one of categories, three of scores, two of products
  EXPECT_LT(session->residents().bytes(), kRows * (8 + 2) + 2 * kRows / 8 + 10);
}

}  // namespace
}  // namespace longwatch::cuda
