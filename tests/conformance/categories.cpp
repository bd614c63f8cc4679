// Categorical items: counts by code equal a plain loop over the rows, and read into the oracle's state.

#include <algorithm>

#include "tests/conformance/conformance.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch::test {
namespace {

constexpr std::size_t kCategories = 300;

std::vector<double> make_codes(std::size_t count, bool skewed, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> codes(count);
  for (double& code : codes)
    code = static_cast<double>(skewed && random.below(10) != 0 ? 0 : random.below(kCategories));
  return codes;
}

std::vector<std::string> texts() {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kCategories; ++i) out.push_back("category " + std::to_string(i));
  return out;
}

CategoryPartial partial_of(Backend& backend, const ColumnView& view, const std::vector<RowSelection>& parts) {
  CategoryPartial partial;
  partial.by_code.assign(kCategories, 0);
  for (const RowSelection& rows : parts) {
    const CategoryItem item{view, rows, &partial};
    const Result<void> done = backend.categories({&item, 1})->wait();
    EXPECT_TRUE(done.ok()) << done.error().text();
  }
  return partial;
}

void compare_all(const TestColumn& column, const std::string& what) {
  static const std::vector<std::string> names = texts();
  CategoryState want;
  for (const std::int64_t row : column.rows) {
    const auto code = static_cast<std::size_t>(column.doubles[static_cast<std::size_t>(row)]);
    update_category(want, names, column.view.valid(row) ? &names[code] : nullptr);
  }
  for (const auto& backend : usable_backends()) {
    const CategoryPartial partial = partial_of(*backend, column.view, {column.selection});
    std::vector<CategoryState::Entry> got;
    for (std::size_t code = 0; code < kCategories; ++code) {
      if (partial.by_code[code] != 0) got.push_back({static_cast<std::uint32_t>(code), partial.by_code[code]});
    }
    EXPECT_TRUE(got == want.categories) << what << ", " << backend->description();
    EXPECT_TRUE(partial.counts == want.counts) << what << ", " << backend->description();
  }
}

TEST(Categories, EqualTheOracleForAnyRowsNullsAndOffset) {
  for (const bool skewed : {false, true}) {
    for (const std::int64_t rows : kRowCounts) {
      const std::vector<double> codes = make_codes(static_cast<std::size_t>(rows), skewed, 3);
      for (const Nulls nulls : kAllNulls) {
        for (const std::int64_t offset : kOffsets) {
          for (const Rows kind : {Rows::range, Rows::listed}) {
            const auto column = make_column(ValueType::code32, codes, nulls, offset, kind, 5);
            compare_all(*column, std::to_string(rows) + " rows, nulls " + std::to_string(static_cast<int>(nulls)) +
                                     ", offset " + std::to_string(offset) + (kind == Rows::listed ? ", listed" : ""));
          }
        }
      }
    }
  }
}

TEST(Categories, EqualTheOracleForManyRows) {
  for (const Nulls nulls : {Nulls::none, Nulls::tenth}) {
    const auto codes = make_codes(static_cast<std::size_t>(kManyRows), false, 9);
    compare_all(*make_column(ValueType::code32, codes, nulls, 1, Rows::range, 5), "many rows");
  }
}

TEST(Categories, AnySplitInAnyOrderGivesTheSameCounts) {
  const auto column = make_column(ValueType::code32, make_codes(3000, false, 13), Nulls::tenth, 1, Rows::range, 5);
  for (const auto& backend : usable_backends()) {
    const CategoryPartial whole = partial_of(*backend, column->view, {column->selection});
    std::vector<RowSelection> parts;
    for (std::int64_t at = 0; at < 3000; at += 17)
      parts.push_back({1 + at, std::min<std::int64_t>(17, 3000 - at), nullptr});
    std::reverse(parts.begin(), parts.end());
    const CategoryPartial split = partial_of(*backend, column->view, parts);
    EXPECT_EQ(split.by_code, whole.by_code);
    EXPECT_TRUE(split.counts == whole.counts);
  }
}

TEST(Categories, ACodeBeyondTheDictionaryIsAnError) {
  for (const double code : {300.0, -1.0}) {
    const auto column = make_column(ValueType::code32, {1, code, 2}, Nulls::none, 0, Rows::range, 5);
    for (const auto& backend : usable_backends()) {
      CategoryPartial partial;
      partial.by_code.assign(kCategories, 0);
      const CategoryItem item{column->view, column->selection, &partial};
      EXPECT_FALSE(backend->categories({&item, 1})->wait().ok()) << backend->description();
    }
  }
}

}  // namespace
}  // namespace longwatch::test
