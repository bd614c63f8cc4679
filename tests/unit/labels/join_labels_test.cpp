// Joins against an oracle that walks both tables with maps: conflicts, repeats, missing ids and labels, in memory and on
// disk, in any layout.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "engine/labels/hash_join.hpp"
#include "engine/labels/labelled_source.hpp"
#include "tests/support/memory_source.hpp"
#include "tests/unit/output/temp_folder.hpp"

namespace longwatch {
namespace {

using Row = std::pair<std::optional<std::string>, std::optional<std::string>>;  // id, label

struct Example {
  std::vector<Row> rows;    // with their own labels
  std::vector<Row> labels;  // of the file
  bool own = true;
};

// "1", "1.0" and "true" are one label; "nan" is a text.
Example example(unsigned seed, int rows, int labels, bool own) {
  std::mt19937 random(seed);
  const std::vector<std::optional<std::string>> texts{"1", "1.0", "true", "0", "nan", std::nullopt};
  const auto draw = [&](int ids) -> Row {
    const auto id = static_cast<int>(random() % static_cast<unsigned>(ids));
    // Most ids have one label, so that not everything conflicts.
    const std::size_t label = random() % 8 == 0 ? random() % texts.size() : static_cast<std::size_t>(id) % 3;
    if (random() % 20 == 0) return {std::nullopt, texts[label]};
    return {"id-" + std::to_string(id), texts[label]};
  };
  Example out;
  out.own = own;
  for (int i = 0; i < rows; ++i) out.rows.push_back(draw(2 * rows));
  for (int i = 0; i < labels; ++i) out.labels.push_back(draw(3 * labels));
  if (!own) {
    for (Row& row : out.rows) row.second.reset();
  }
  return out;
}

std::string meant(const std::string& text) { return text == "1.0" || text == "true" ? "1" : text; }

struct Expected {
  LabelCounts counts;
  std::vector<std::optional<std::string>> labels;
};

Expected oracle(const Example& example) {
  Expected out;
  std::map<std::string, std::vector<std::optional<std::string>>> by_id;
  for (const auto& [id, label] : example.labels) {
    if (id) by_id[*id].push_back(label);
    out.counts.labels_without_id += id ? 0 : 1;
  }
  std::map<std::string, std::string> known;
  for (const auto& [id, labels] : by_id) {
    std::set<std::string> texts;
    std::set<std::string> meanings;
    for (const auto& label : labels) {
      if (label) texts.insert(*label);
      if (label) meanings.insert(meant(*label));
    }
    out.counts.conflicting_ids += meanings.size() > 1 ? 1 : 0;
    out.counts.duplicate_ids += labels.size() > 1 && meanings.size() <= 1 ? 1 : 0;
    if (meanings.size() == 1) known[id] = *texts.begin();
  }
  std::set<std::string> seen;
  for (const auto& [id, own] : example.rows) {
    out.labels.push_back(own);
    out.counts.without_id += id ? 0 : 1;
    const bool again = id && !seen.insert(*id).second;
    if (id && known.contains(*id)) {
      ++out.counts.matched;
      out.counts.repeated += again ? 1 : 0;
      out.counts.replaced += own && meant(*own) != meant(known[*id]) ? 1 : 0;
      out.labels.back() = known[*id];
    }
    out.counts.unlabelled += out.labels.back() ? 0 : 1;
  }
  for (const auto& [id, labels] : by_id) out.counts.unmatched_ids += seen.contains(id) ? 0 : 1;
  out.counts.ids = static_cast<std::int64_t>(by_id.size());
  out.counts.rows = static_cast<std::int64_t>(example.rows.size());
  out.counts.labels = static_cast<std::int64_t>(example.labels.size());
  return out;
}

std::shared_ptr<test::MemorySource> table(const std::vector<Row>& rows, const std::string& label,
                                          std::vector<std::int64_t> groups) {
  test::Texts ids;
  test::Texts labels;
  for (const auto& [id, value] : rows) {
    ids.push_back(id);
    labels.push_back(value);
  }
  std::vector<test::MemoryColumn> columns{test::text_column("id", std::move(ids))};
  if (!label.empty()) columns.push_back(test::text_column(label, std::move(labels)));
  return test::memory_source(std::move(columns), std::move(groups));
}

LabelTables tables(const Example& example, std::vector<std::int64_t> groups) {
  LabelTables out;
  out.rows = table(example.rows, example.own ? "y" : "", std::move(groups));
  out.labels = table(example.labels, "label", {});
  out.row_id = out.rows->find("id");
  out.own = out.rows->find("y");
  out.label_id = out.labels->find("id");
  out.label = out.labels->find("label");
  out.joined = *out.label;
  out.joined.name = "y";
  return out;
}

// The column of a source as a consumer reads it, in slabs of odd sizes.
std::vector<std::optional<std::string>> read_all(const Source& source, const std::string& column) {
  std::vector<std::optional<std::string>> out;
  for (const RowGroup& group : source.row_groups()) {
    auto reader = source.read(group, column, ReadAs::category);
    EXPECT_TRUE(reader.ok());
    for (std::int64_t left = group.rows; left > 0;) {
      const ColumnView view = reader.value()->next(37).value();
      std::int64_t nulls = 0;
      for (std::int64_t i = 0; i < view.length; ++i) {
        const auto code = static_cast<std::size_t>(static_cast<const std::int32_t*>(view.values)[i]);
        nulls += view.valid(i) ? 0 : 1;
        out.push_back(view.valid(i) ? std::optional(std::string(view.dictionary->texts[code])) : std::nullopt);
      }
      EXPECT_EQ(nulls, view.nulls);
      left -= view.length;
    }
  }
  return out;
}

TEST(JoinLabels, AsTheOracleInMemoryAndOnDisk) {
  const LabelRule rule{ModelConfig()};
  for (unsigned seed = 0; seed < 6; ++seed) {
    const Example data = example(seed, 1'000, 700 + 900 * static_cast<int>(seed % 2), seed % 3 != 0);
    const Expected expected = oracle(data);
    ASSERT_GT(expected.counts.matched, 0);
    ASSERT_GT(expected.counts.conflicting_ids, 0);
    for (const std::int64_t memory : {std::int64_t{256} << 20, std::int64_t{1'000}}) {
      for (const std::vector<std::int64_t>& groups : {std::vector<std::int64_t>{1'000}, {1, 250, 700, 49}}) {
        const LabelTables both = tables(data, groups);
        auto joined = join_tables(both, rule, {memory, ""}, {});
        ASSERT_TRUE(joined.ok()) << joined.error().text();
        EXPECT_EQ(joined.value().counts, expected.counts) << seed << " " << memory;
        const auto source = labelled_source(both.rows, both.joined, joined.value().labels);
        EXPECT_EQ(read_all(*source, "y"), expected.labels) << seed << " " << memory;
        EXPECT_EQ(source->columns().size(), 2U);
        ASSERT_NE(source->find("y"), nullptr);
      }
    }
  }
}

TEST(JoinLabels, NumbersOfARegression) {
  LabelTables both;
  both.numbers = true;
  both.rows = test::memory_source({test::integer_column("id", {1, 2, 3, 4, 1, std::nullopt}),
                                   test::number_column("y", {5, std::nullopt, 7, 0.5, 5, 9})});
  both.labels = test::memory_source({test::text_column("key", {"1", "2", "3", "3", "4", "5"}),
                                     test::number_column("y", {5, -0.0, 1, 2, std::nullopt, 8}, "float")});
  both.row_id = both.rows->find("id");
  both.own = both.rows->find("y");
  both.label_id = both.labels->find("key");
  both.label = both.labels->find("y");
  both.joined = *both.own;
  auto joined = join_tables(both, LabelRule{ModelConfig()}, {}, {});
  ASSERT_TRUE(joined.ok());
  // 1 twice; 3 conflicts and 4 has no label, so both keep their own; 5 matches nothing.
  const LabelCounts expected{.rows = 6,
                             .matched = 3,
                             .unlabelled = 0,
                             .replaced = 0,
                             .repeated = 1,
                             .without_id = 1,
                             .labels = 6,
                             .labels_without_id = 0,
                             .ids = 5,
                             .duplicate_ids = 0,
                             .conflicting_ids = 1,
                             .unmatched_ids = 1};
  EXPECT_EQ(joined.value().counts, expected);
  const auto source = labelled_source(both.rows, both.joined, joined.value().labels);
  auto reader = source->read(source->row_groups()[0], "y", ReadAs::number).value();
  const ColumnView view = reader->next(100).value();
  ASSERT_EQ(view.length, 6);
  EXPECT_EQ(view.nulls, 0);
  const auto* values = static_cast<const double*>(view.values);
  EXPECT_EQ(std::vector<double>(values, values + 6), (std::vector<double>{5, 0, 7, 0.5, 5, 9}));
  EXPECT_EQ(read_all(*source, "y"), (std::vector<std::optional<std::string>>{"5", "0", "7", "0.5", "5", "9"}));
  EXPECT_FALSE(source->read(source->row_groups()[0], "y", ReadAs::time).ok());
}

TEST(JoinLabels, TooManyDifferentLabelsAreAnError) {
  test::Texts ids;
  for (int i = 0; i < 65'536; ++i) ids.push_back(std::to_string(i));
  LabelTables both;
  both.rows = test::memory_source({test::text_column("id", {"1"})});
  both.labels = test::memory_source({test::text_column("id", ids), test::text_column("y", ids)});
  both.row_id = both.rows->find("id");
  both.label_id = both.labels->find("id");
  both.label = both.labels->find("y");
  const auto joined = join_tables(both, LabelRule{ModelConfig()}, {}, {});
  ASSERT_FALSE(joined.ok());
  EXPECT_NE(joined.error().text().find("more than 65535 different labels"), std::string::npos) << joined.error().text();
}

TEST(JoinLabels, NoPlaceForTheTemporaryFileSaysWhatToDo) {
  TempFolder folder;
  const auto joined = join_tables(tables(example(1, 100, 100, true), {}), LabelRule{ModelConfig()},
                                  {100, folder / "nowhere"}, {});
  ASSERT_FALSE(joined.ok());
  EXPECT_EQ(joined.error().code, ErrorCode::memory);
  for (const char* word : {"join labels", "TMPDIR", "--labels-memory", "nowhere"})
    EXPECT_NE(joined.error().text().find(word), std::string::npos) << joined.error().text();
}

TEST(JoinLabels, StopsWhenAsked) {
  const std::atomic<bool> stop{true};
  const auto joined = join_tables(tables(example(1, 100, 100, true), {}), LabelRule{ModelConfig()}, {}, {nullptr, &stop});
  ASSERT_FALSE(joined.ok());
  EXPECT_EQ(joined.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace longwatch
